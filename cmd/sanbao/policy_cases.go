package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/sanbao/sanbao/calendar"
	"github.com/sanbao/sanbao/rule"
)

// proposeCases prints golden cases for the boundaries that no case of a pack stands on.
func proposeCases(ctx context.Context, sources []packSource) error {
	for _, s := range sources {
		if err := s.propose(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (s packSource) propose(ctx context.Context) error {
	p, err := s.load()
	if err != nil {
		return err
	}
	beside, id, err := s.besides(p, p.From)
	if err != nil {
		return err
	}
	cal, err := calendar.Load(id)
	if err != nil {
		return err
	}
	cases, err := rule.Cases(s.fsys, s.dir, p)
	if err != nil {
		return s.placed(err)
	}
	var tried []rule.Tried
	for _, c := range cases {
		book, _, err := s.book(p, c)
		if err != nil {
			return err
		}
		tried = append(tried, rule.Tried{Case: c, Book: book})
	}
	found, err := rule.Propose(ctx, rule.VerifyInput{Shop: p, Beside: beside, Calendar: cal}, tried)
	if err != nil || len(found) == 0 {
		return err
	}
	var with []string
	for _, b := range beside {
		with = append(with, b.ID)
	}
	fmt.Printf("# %s %s: boundaries that no case stands on. What is expected is what the engine answers today: read each pair\n", p.ID, p.Version)
	fmt.Printf("# against the document before it is committed, and put its words in place of these.\nwith: [%s]\ncalendar: %s\n", strings.Join(with, ", "), id)
	fmt.Printf("at: %s\ncases:\n", found[0].On)
	for _, f := range found {
		for i, name := range f.Names {
			fmt.Printf("- case: %q\n  cites: [%s]\n  %s\n", name, strings.Join(f.Cites, ", "), strings.ReplaceAll(strings.TrimSuffix(f.YAML[i], "\n"), "\n", "\n  "))
		}
	}
	return nil
}
