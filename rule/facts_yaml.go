package rule

import (
	"strings"

	"github.com/sanbao/sanbao/money"
)

// YAML writes facts as files of facts and golden cases do, on one line: {line.category: shoes, line.goods_amount: 199.00}.
// A value of another stage than the fact's own names it: {goods.worn: {application: true}}. ReadFacts reads it back.
func (v *Vocabulary) YAML(fs Facts, c money.Currency) string {
	var parts []string
	for _, name := range sortedKeys(fs) {
		i, ok := v.index[name]
		if !ok {
			continue
		}
		var values []string
		for _, r := range fs[name] {
			text := r.Value.String()
			if r.Value.typ == TypeMoney {
				text = money.Of(r.Value.n, c).Decimal()
			}
			if len(fs[name]) == 1 && r.Stage == v.facts[i].Stage {
				values = append(values, text)
				continue
			}
			values = append(values, r.Stage.String()+": "+text)
		}
		list := strings.Join(values, ", ")
		if len(fs[name]) > 1 || fs[name][0].Stage != v.facts[i].Stage {
			list = "{" + list + "}"
		}
		parts = append(parts, name+": "+list)
	}
	return "{" + strings.Join(parts, ", ") + "}"
}
