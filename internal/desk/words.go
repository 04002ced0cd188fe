package desk

import (
	"context"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/db"
	"github.com/sanbao/sanbao/internal/id"
	"github.com/sanbao/sanbao/internal/shop"
	"github.com/sanbao/sanbao/internal/term"
	"github.com/sanbao/sanbao/rule"
)

// Label is a text in the two languages that are written by hand.
type Label struct {
	ZhCN string `json:"zh-CN"`
	En   string `json:"en"`
}

func labelOf(t errs.Text) Label { return Label{t.ZhCN, t.En} }

// Fact is what a form has to know to ask for a fact.
type Fact struct {
	Name        string   `json:"name"`
	Type        string   `json:"type" enum:"bool,enum,int,money,date,instant"`
	Stage       string   `json:"stage" doc:"when it can be established; said earlier, it is a declaration"`
	Ask         []string `json:"ask" nullable:"false" doc:"who can answer, the cheapest first: system, customer, agent, warehouse, inspector, appraiser"`
	Label       Label    `json:"label"`
	Help        *Label   `json:"help,omitempty"`
	Values      []Choice `json:"values,omitempty" doc:"enum: the words"`
	Min         int64    `json:"min,omitempty" doc:"int and money (minor units): the least"`
	Max         int64    `json:"max,omitempty" doc:"and the most"`
	AppliesWhen string   `json:"applies_when,omitempty" doc:"an expression over other facts; where it is false there is nothing to ask"`
	Sensitive   bool     `json:"sensitive" doc:"health and the like"`
	Evidenced   bool     `json:"evidenced" doc:"an answer needs a photo or paper beside it"`
}

// Choice is one word of an enum fact.
type Choice struct {
	Word  string `json:"word"`
	Label Label  `json:"label"`
}

// Facts lists every fact the packs may speak of, by name.
func Facts(v *rule.Vocabulary) []Fact {
	out := []Fact{}
	for _, name := range v.Names() {
		def, typ, _ := v.Def(name)
		f := Fact{Name: name, Type: typ.String(), Stage: def.Stage.String(), Ask: append([]string{}, def.Ask.Names()...), Label: labelOf(def.Label),
			AppliesWhen: def.AppliesWhen, Sensitive: def.Sensitive, Evidenced: def.Evidenced}
		if def.Help.ZhCN != "" {
			help := labelOf(def.Help)
			f.Help = &help
		}
		for _, c := range def.Values {
			f.Values = append(f.Values, Choice{c.Word, labelOf(c.Label)})
		}
		if typ == rule.TypeInt || typ == rule.TypeMoney {
			if f.Min, f.Max = def.Min, def.Max; f.Min == 0 && f.Max == 0 {
				f.Max = rule.MaxAmount
			}
		}
		out = append(out, f)
	}
	return out
}

// Ground is a reason a customer can give in a shop, and what the shop's policy has for it.
type Ground struct {
	Ground   string        `json:"ground"`
	Label    term.Word     `json:"label"`
	Fault    string        `json:"fault" enum:"customer,shop,carrier,supplier,undetermined"`
	Remedies []rule.Remedy `json:"remedies" nullable:"false"`
}

// Grounds lists the grounds of a shop's newest packs.
func (d *Desk) Grounds(ctx context.Context, shopID id.ID) ([]Ground, error) {
	var book *rule.Book
	err := d.DB.Read(ctx, func(tx *db.Tx) error {
		s, err := shop.Get(tx, shopID)
		if err == nil {
			book, err = d.Flow.LatestBook(tx, s)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	out := []Ground{}
	for _, g := range book.Grounds() {
		out = append(out, Ground{Ground: g.Name, Label: groundWord(book, g.Name), Fault: g.Fault, Remedies: append([]rule.Remedy{}, book.Remedies(g.Name)...)})
	}
	return out, nil
}

// groundWord is what a ground is called: by the packs, else by the glossary. zh-TW is the glossary's, where it has the
// ground.
func groundWord(book *rule.Book, ground string) term.Word {
	w, known := term.Words["ground."+ground]
	if t, ok := book.GroundText(ground); ok {
		if !known || w.ZhCN != t.ZhCN {
			w.ZhTW = t.ZhCN
		}
		w.ZhCN, w.En = t.ZhCN, t.En
	} else if !known {
		w = term.Word{ZhCN: ground, ZhTW: ground, En: ground}
	}
	return w
}
