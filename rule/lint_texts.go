package rule

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/money"
)

// texts looks at the wording: codes nothing uses, sentences in the wrong language, placeholders nobody fills, and numbers
// the rules do not have.
func (l *linter) texts(file string, root *yaml.Node) {
	if root.Kind != yaml.MappingNode {
		return
	}
	used := l.codes()
	for i := 0; i+1 < len(root.Content); i += 2 {
		list, codes := root.Content[i].Value, root.Content[i+1]
		for j := 0; j+1 < len(codes.Content); j += 2 {
			code, text := codes.Content[j], codes.Content[j+1]
			if known, ok := used[list]; ok && !slices.Contains(known, code.Value) {
				l.add(mark{file, code.Line, code.Column}, "rule.lint_text_unused", errs.Args{"code": code.Value, "list": list, "hint": hint(code.Value, known)})
			}
			l.sentences(file, text, list, code.Value)
		}
	}
}

// codes are the codes of the bound packs, by the list of texts.yaml that words them. Reasons and alternatives may be
// worded for the packs beside.
func (l *linter) codes() map[string][]string {
	used := map[string][]string{"grounds": {}, "reasons": {}, "alternatives": {}, "claims": {}, "sources": {}}
	add := func(list string, codes ...string) { used[list] = append(used[list], codes...) }
	cites := func(ids []string) {
		for _, id := range ids {
			letters, _ := cutCitation(id)
			add("sources", letters)
		}
	}
	for _, p := range l.bound {
		add("alternatives", p.Alternatives...)
		for _, g := range p.Grounds {
			add("grounds", g.Name)
			cites(g.Cites)
		}
		for _, q := range p.Params {
			cites(q.Cites)
		}
		for _, t := range p.tables {
			cites(t.cites)
			for _, r := range t.rows {
				cites(r.cites)
			}
		}
		for _, c := range p.claims {
			cites(c.cites)
			add("alternatives", c.otherwise...)
			if p == l.p {
				add("claims", c.id)
			}
			for _, k := range c.conds {
				add("reasons", k.orElse)
				cites(k.cites)
			}
		}
	}
	return used
}

// sentences looks at the texts under one code: {zh-CN: …, en: …}, for claims one such pair per reader.
func (l *linter) sentences(file string, n *yaml.Node, list, code string) {
	if n.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, text := n.Content[i].Value, n.Content[i+1]
		if text.Kind == yaml.MappingNode {
			l.sentences(file, text, list+"."+key, code)
			continue
		}
		at := mark{file, text.Line, text.Column}
		if han := strings.ContainsFunc(text.Value, func(r rune) bool { return unicode.Is(unicode.Han, r) }); han != (key == "zh-CN") {
			l.add(at, "rule.lint_language", errs.Args{"lang": key, "code": code})
		}
		l.placeholders(at, list, text.Value)
		if strings.HasPrefix(list, "claims") || list == "reasons" {
			l.figures(at, list, code, text.Value)
		}
	}
}

var inBraces = regexp.MustCompile(`\{([^{}]*)\}`)

// placeholders wants every {name} to be one that is filled in.
func (l *linter) placeholders(at mark, list, text string) {
	var known []string
	switch {
	case list == "sources":
		known = []string{"n"}
	case list == "reasons":
		known = []string{"last_day"}
	}
	if list != "sources" {
		for _, q := range l.p.Params {
			known = append(known, q.Name)
		}
	}
	for _, m := range inBraces.FindAllStringSubmatch(text, -1) {
		if !slices.Contains(known, m[1]) {
			l.add(at, "rule.lint_placeholder", errs.Args{"code": m[1], "hint": hint(m[1], known)})
		}
	}
}

// figure is a number with a unit, as people write it: 七天内, 15元, seven days, 15.00.
var figure = regexp.MustCompile(`([0-9]+(?:\.[0-9]+)?|[一二两三四五六七八九十百千]+)\s*(个工作日|工作日|个月|小时|天|日|元|%)` +
	`|(?i:\b([0-9]+(?:\.[0-9]+)?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty)[ -](working days?|days?|months?|hours?)\b)`)

var (
	unitWords = map[string]string{"个工作日": "workdays", "工作日": "workdays", "个月": "months", "小时": "hours", "天": "days", "日": "days", "元": "money", "%": "percent",
		"working day": "workdays", "day": "days", "month": "months", "hour": "hours"}
	numberWords = map[string]int64{"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
		"eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30}
	noFigure = regexp.MustCompile(`七[天日]无理由|最后一天`) // a right's name, and no count
)

// figures compares the numbers of a claim's text with the rules: what a customer reads has to be the claim's own period
// or amount, any other text some number of the pack.
func (l *linter) figures(at mark, list, code, text string) {
	own := l.numbersOf(nil)
	if i := slices.IndexFunc(l.p.claims, func(c *claim) bool { return c.id == code }); i >= 0 && list == "claims.customer" {
		if n := l.numbersOf(l.p.claims[i]); len(n) > 0 {
			own = n
		}
	}
	for _, m := range figure.FindAllStringSubmatch(noFigure.ReplaceAllString(text, ""), -1) {
		number, unit := m[1], unitWords[m[2]]
		if m[3] != "" {
			number, unit = m[3], unitWords[strings.TrimSuffix(strings.ToLower(m[4]), "s")]
		}
		if want := own[unit]; (len(want) > 0 || len(own) > 0 && unit != "money" && unit != "percent") && !slices.Contains(want, l.read(number, unit)) {
			l.add(at, "rule.lint_figure", errs.Args{"code": m[0], "rules": l.show(own, unit)})
		}
	}
}

// read is a number as it stands in a text, in the pack's minor units where it is money; -1 for none.
func (l *linter) read(s, unit string) int64 {
	if n, ok := numberWords[strings.ToLower(s)]; ok {
		return n
	}
	if unit == "money" && isNumber(s) {
		m, err := money.Parse(s, l.p.Currency)
		if err != nil {
			return -1
		}
		return m.Minor
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return n
	}
	if n := chineseNumber(s); unit != "money" {
		return n
	} else if m, err := money.Parse(strconv.FormatInt(n, 10), l.p.Currency); err == nil {
		return m.Minor
	}
	return -1
}

// chineseNumber reads 七, 十五, 三十, 五百.
func chineseNumber(s string) (n int64) {
	digit := int64(0)
	for _, r := range s {
		if i := slices.Index([]rune("零一二三四五六七八九"), r); i >= 0 {
			digit = int64(i)
			continue
		}
		if r == '两' {
			digit = 2
			continue
		}
		n += max(digit, 1) * map[rune]int64{'十': 10, '百': 100, '千': 1000}[r]
		digit = 0
	}
	return n + digit
}

// numbersOf are the periods and amounts of one claim, or all numbers of the pack, by unit.
func (l *linter) numbersOf(c *claim) map[string][]int64 {
	out := map[string][]int64{}
	if c == nil {
		for _, q := range l.p.Params {
			out[q.Unit] = append(out[q.Unit], q.Value.n)
		}
		return out
	}
	add := func(p *period) {
		if p != nil && p.nFact < 0 && p.n > 0 {
			out[string(p.unit)] = append(out[string(p.unit)], p.n)
		}
	}
	for _, k := range c.conds {
		if k.is.win != nil {
			add(&k.is.win.period)
		}
	}
	if len(out) == 0 {
		return nil // it sets no period; its text may speak of others'
	}
	for _, g := range c.gives {
		add(g.due)
		add(g.sendBy)
	}
	return out
}

// show lists the numbers a text could have meant: those of its unit, which need not be said again, else all.
func (l *linter) show(own map[string][]int64, unit string) string {
	var out []string
	for _, u := range sortedKeys(own) {
		if len(own[unit]) > 0 && u != unit {
			continue
		}
		for _, n := range own[u] {
			q := Param{Unit: u, Value: IntValue(n)}
			if u == "money" {
				q.Value = MoneyValue(n)
			}
			s := q.text(l.p.Currency)
			if u != unit {
				s += " " + u
			}
			if !slices.Contains(out, s) {
				out = append(out, s)
			}
		}
	}
	return strings.Join(out, ", ")
}

var wholeOrDecimal = regexp.MustCompile(`^[0-9]+(\.[0-9]+)?$`)

func isNumber(s string) bool { return wholeOrDecimal.MatchString(s) }

var (
	quotedText  = regexp.MustCompile(`'[^']*'|"[^"]*"`)
	plainNumber = regexp.MustCompile(`(^|[^\w.$])([0-9]+(?:\.[0-9]+)?)\b`)
)

// numbersIn are the numbers of an expression or cell that are not zero and not inside a word, name or quotation.
func numbersIn(src string) (out []string) {
	for _, m := range plainNumber.FindAllStringSubmatch(quotedText.ReplaceAllString(src, "''"), -1) {
		if strings.Trim(m[2], "0.") != "" {
			out = append(out, m[2])
		}
	}
	return out
}
