package rule

import (
	"fmt"
	"strings"

	"github.com/sanbao/sanbao/errs"
)

// Page is the customer's policy page of a pack, as Markdown: the Notice of the pack with those bound beside it, of which
// the law's are shown as the floor beneath.
func Page(p *Pack, lang errs.Lang, beside ...*Pack) (string, error) {
	b, err := NewBook(append([]*Pack{p}, beside...))
	if err != nil {
		return "", err
	}
	n, err := b.notice(p, NoticeInput{Lang: lang})
	if err != nil {
		return "", err
	}
	return n.Markdown(), nil
}

// Markdown is the notice as a text.
func (n *Notice) Markdown() string {
	var out strings.Builder
	fmt.Fprintf(&out, "# %s\n", n.Title)
	for _, l := range n.Intro {
		fmt.Fprintf(&out, "\n%s\n", l)
	}
	for _, c := range n.Chapters {
		fmt.Fprintf(&out, "\n## %s\n", c.Title)
		if c.Also != "" {
			fmt.Fprintf(&out, "\n%s\n", c.Also)
		}
		for _, p := range c.Promises {
			for _, w := range p.Ways {
				fmt.Fprintf(&out, "\n### %s\n\n%s\n\n", w.Title, p.Text)
				for _, x := range w.Points {
					fmt.Fprintf(&out, "- %s\n", x.Text)
				}
			}
		}
		if len(c.Law) > 0 {
			fmt.Fprintf(&out, "\n### %s\n\n", n.LawTitle)
			for _, l := range c.Law {
				fmt.Fprintf(&out, "- %s\n", l)
			}
		}
	}
	if len(n.NotHere) > 0 {
		fmt.Fprintf(&out, "\n## %s\n\n", n.NotHereTitle)
		for _, x := range n.NotHere {
			fmt.Fprintf(&out, "- %s\n", x.Because)
			for _, what := range x.What {
				fmt.Fprintf(&out, "  - %s\n", what)
			}
		}
	}
	return out.String()
}
