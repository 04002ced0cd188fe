package rule

import (
	"bytes"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/money"
)

// Accept writes what came out of a golden case into the file it stands in, in the place of what was expected: where the
// outcome is another one the whole answer, with the tables and winners the case looks at, else the points that differ. Other
// cases, comments and the way the case is written stay. It is for a person who has read the new answer against the document.
//
// A text in which the case cannot be found is Invalid.
func (r Result) Accept(text string, c money.Currency) (string, error) {
	lines := strings.SplitAfter(text, "\n")
	key, val := expectIn([]byte(text), r.Case)
	if key == nil {
		return "", errs.New(errs.Invalid, "rule.case_gone", errs.Args{"name": clip(r.Case.Name), "line": r.Case.Line})
	}
	from := offset(lines, val.Line, val.Column)
	to := from + span(text[from:], val, key.Column)
	inside(val, text[from:to])
	if err := r.rewrite(val, c); err != nil {
		return "", err
	}
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	err := e.Encode(val)
	if err == nil {
		err = e.Close()
	}
	if err != nil {
		return "", errs.Wrap(err, errs.Internal, "internal")
	}
	written := strings.TrimSuffix(b.String(), "\n")
	if val.Style&yaml.FlowStyle == 0 {
		written = strings.ReplaceAll(written, "\n", "\n"+strings.Repeat(" ", val.Column-1))
	}
	return text[:from] + written + text[to:], nil
}

// expectIn finds the expectations of a case: the key and its mapping.
func expectIn(text []byte, c Case) (key, val *yaml.Node) {
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil || len(doc.Content) != 1 {
		return nil, nil
	}
	_, all := pairOf(doc.Content[0], "cases")
	if all == nil {
		return nil, nil
	}
	for _, n := range all.Content {
		if _, name := pairOf(n, "case"); name != nil && name.Value == c.Name && n.Line == c.Line {
			if key, val = pairOf(n, "expect"); val != nil && val.Kind == yaml.MappingNode {
				return key, val
			}
		}
	}
	return nil, nil
}

func pairOf(n *yaml.Node, key string) (k, v *yaml.Node) {
	for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i], n.Content[i+1]
		}
	}
	return nil, nil
}

// rewrite changes the expectations to what came out.
func (r Result) rewrite(val *yaml.Node, c money.Currency) error {
	if !slices.ContainsFunc(r.Mismatches, func(m Mismatch) bool { return m.What == "outcome" }) {
		for _, m := range r.Mismatches {
			put(val, strings.Split(m.What, "."), m.Got)
		}
		return nil
	}
	var fresh yaml.Node
	if err := yaml.Unmarshal([]byte(r.Decision.AsExpected(c)), &fresh); err != nil {
		return errs.Wrap(err, errs.Internal, "internal")
	}
	for _, keep := range []string{"edition", "winner", "table"} {
		if k, v := pairOf(val, keep); v != nil {
			fresh.Content[0].Content = append(fresh.Content[0].Content, k, v)
		}
	}
	val.Content = fresh.Content[0].Content
	for _, m := range r.Mismatches {
		if head, _, deep := strings.Cut(m.What, "."); deep && head != "freight" || m.What == "edition" {
			put(val, strings.Split(m.What, "."), m.Got)
		}
	}
	return nil
}

// inside drops the comments that stand around a text and not in it: they stay where they are.
func inside(n *yaml.Node, text string) {
	for _, c := range []*string{&n.HeadComment, &n.LineComment, &n.FootComment} {
		if first, _, _ := strings.Cut(*c, "\n"); !strings.Contains(text, first) {
			*c = ""
		}
	}
	for _, x := range n.Content {
		inside(x, text)
	}
}

// put sets one expectation; a point that there is no more is taken out, with the mapping that held nothing else.
func put(n *yaml.Node, path []string, got string) {
	k, v := pairOf(n, path[0])
	if v == nil {
		return
	}
	at := slices.Index(n.Content, k)
	switch {
	case v.Kind == yaml.MappingNode && len(path) > 1:
		put(v, path[1:], got)
		if len(v.Content) == 0 {
			n.Content = slices.Delete(n.Content, at, at+2)
		}
	case v.Kind == yaml.SequenceNode:
		v.Style |= yaml.FlowStyle
		v.Content = nil
		for _, word := range strings.Fields(got) {
			v.Content = append(v.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: word})
		}
	case got == "":
		n.Content = slices.Delete(n.Content, at, at+2)
	default:
		v.Value, v.Tag = got, ""
	}
}

// offset is where a place is in the text; columns count characters.
func offset(lines []string, line, column int) (n int) {
	for _, l := range lines[:line-1] {
		n += len(l)
	}
	for i := range lines[line-1] {
		if column--; column == 0 {
			return n + i
		}
	}
	return n + len(lines[line-1])
}

// span is how far a mapping reaches that begins the text: in braces to the one that closes it, else to the last line that
// stands further in than its key.
func span(text string, val *yaml.Node, keyColumn int) int {
	if val.Style&yaml.FlowStyle != 0 {
		return closing(text)
	}
	end, at := 0, 0
	for i, l := range strings.SplitAfter(text, "\n") {
		in := len(l) - len(strings.TrimLeft(l, " "))
		switch bare := strings.TrimSpace(l); {
		case i > 0 && bare != "" && in < keyColumn:
			return end
		case bare != "":
			end = at + len(strings.TrimRight(l, " \r\n"))
		}
		at += len(l)
	}
	return end
}

// closing is where the brace ends that begins the text; braces in quotes and comments are none.
func closing(text string) int {
	depth, quote := 0, byte(0)
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quote != 0:
			if c == '\\' && quote == '"' {
				i++
			} else if c == quote {
				quote = 0
			}
		case (c == '"' || c == '\'') && i > 0 && strings.IndexByte(" {[,:\n", text[i-1]) >= 0:
			quote = c
		case c == '#' && i > 0 && (text[i-1] == ' ' || text[i-1] == '\n'):
			for i+1 < len(text) && text[i+1] != '\n' {
				i++
			}
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return len(text)
}

var _ = errs.Register(map[string]errs.Text{
	"rule.case_gone": {ZhCN: "第 {line} 行没有案例“{name}”了，请重新检查。", En: "Line {line} does not hold the case \"{name}\" any more; check again."},
})
