package rule

import (
	"github.com/sanbao/sanbao/errs"
)

// Wording is what the codes in a book's decisions read like in one language: decisions hold codes, people read words.
type Wording struct {
	Claims       map[string]ClaimWording `json:"claims" doc:"by claim, e.g. law-cn.no_reason"`
	Reasons      map[string]string       `json:"reasons" doc:"by reason code; {last_day} stands for the end of the window"`
	Alternatives map[string]string       `json:"alternatives" doc:"by the code of an alternative"`
}

// ClaimWording is one claim: what it says to customers, what agents should mind, and where it stands.
type ClaimWording struct {
	Text   string `json:"text"`
	Agent  string `json:"agent,omitempty"`
	Source string `json:"source" doc:"its citations in full"`
	Layer  Layer  `json:"layer" doc:"whose it is" enum:"law,marketplace,shop"`
}

// Wording words every code of the book's packs. Of two packs that word one code the law's comes first, as in Explain.
func (b *Book) Wording(lang errs.Lang) Wording {
	out := Wording{Claims: map[string]ClaimWording{}, Reasons: map[string]string{}, Alternatives: map[string]string{}}
	w := &explainer{b: b, lang: lang, to: ForAgent, asked: &Bundle{}}
	for _, p := range b.packs {
		for _, c := range p.claims {
			out.Claims[c.id] = ClaimWording{Text: w.promise(c.id), Agent: w.filled(p, p.Texts.Agent, c.id), Source: w.cites(c, c.cites), Layer: p.Layer}
		}
		for code := range p.Texts.Reasons {
			out.Reasons[code], _ = w.text(nil, func(t *Texts) map[string]Text { return t.Reasons }, code)
		}
		for code := range p.Texts.Alternatives {
			out.Alternatives[code], _ = w.text(nil, func(t *Texts) map[string]Text { return t.Alternatives }, code)
		}
	}
	return out
}

// filled is a text of a pack with its parameters written in, "" where there is none.
func (w *explainer) filled(p *Pack, texts map[string]Text, code string) string {
	t, ok := texts[code]
	if !ok {
		return ""
	}
	return w.fill(p, w.in(t))
}
