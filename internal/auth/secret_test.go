package auth_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"testing"

	"github.com/sanbao/sanbao/errs"
	"github.com/sanbao/sanbao/internal/auth"
	"github.com/sanbao/sanbao/internal/id"
)

func TestSecretIsFoundByScanners(t *testing.T) {
	scanner := regexp.MustCompile(`^sb_(shop|all)_[0-9A-HJKMNP-TV-Z]{13}_[0-9A-HJKMNP-TV-Z]{59}$`)
	for _, shop := range []id.ID{0, id.New()} {
		tok := id.New()
		s := auth.NewSecret(tok, shop)
		if !scanner.MatchString(s.Reveal()) || strings.HasPrefix(s.Reveal(), "sb_all_") != (shop == 0) {
			t.Error(s.Reveal())
		}
		back, got, err := auth.ParseSecret(s.Reveal())
		if err != nil || got != tok || back.Reveal() != s.Reveal() {
			t.Error(got, err)
		}
	}
	if auth.NewSecret(1, 0).Reveal() == auth.NewSecret(1, 0).Reveal() {
		t.Error("two secrets are equal")
	}
}

func TestEveryMistypedCharacterIsFound(t *testing.T) {
	text := auth.NewSecret(id.New(), 0).Reveal()
	for i := range text {
		for _, c := range []byte("0Zz_!") {
			if text[i] == c {
				continue
			}
			wrong := text[:i] + string(c) + text[i+1:]
			if _, _, err := auth.ParseSecret(wrong); errs.CodeOf(err) != errs.Unauthenticated {
				t.Fatalf("%q at %d passes", c, i)
			}
		}
		if i > 0 && text[i] != text[i-1] { // two neighbours swapped
			wrong := text[:i-1] + string(text[i]) + string(text[i-1]) + text[i+1:]
			if _, _, err := auth.ParseSecret(wrong); err == nil {
				t.Fatalf("swap at %d passes", i)
			}
		}
	}
	for _, wrong := range []string{"", "sb_", "sb_all", "sb_all__", text[1:], text + "0", text + text, strings.ToLower(text)} {
		if _, _, err := auth.ParseSecret(wrong); err == nil {
			t.Errorf("%q passes", wrong)
		}
	}
}

func FuzzParseSecret(f *testing.F) {
	f.Add(auth.NewSecret(1, 0).Reveal())
	f.Add("sb_all_0000000000001_")
	f.Add("sb__")
	f.Fuzz(func(t *testing.T, text string) {
		if s, tok, err := auth.ParseSecret(text); err == nil && (s.Reveal() != text || tok == 0) {
			t.Errorf("%q became %q of %s", text, s.Reveal(), tok)
		}
	})
}

func TestSecretIsNeverPrinted(t *testing.T) {
	s := auth.NewSecret(id.New(), 0)
	hidden := s.Reveal()[strings.LastIndexByte(s.Reveal(), '_')+1:]
	var log bytes.Buffer
	l := slog.New(slog.NewJSONHandler(&log, nil))
	l.Info("made", "token", s, "pointer", &s, "inside", struct{ S auth.Secret }{s}, "draft", auth.Draft{Secret: s})
	slog.New(slog.NewTextHandler(&log, nil)).Info("made", "token", s, "inside", struct{ S auth.Secret }{s}, "draft", auth.Draft{Secret: s})
	encoded, err := json.Marshal(map[string]any{"token": s, "draft": auth.Draft{Secret: s}})
	if err != nil {
		t.Fatal(err)
	}
	out := log.String() + string(encoded) + s.String()
	for _, verb := range []string{"%s", "%v", "%+v", "%#v", "%q", "%x", "%X", "%d"} {
		out += fmt.Sprintf(verb, s) + fmt.Sprintf(verb, &s) + fmt.Sprintf(verb, auth.Draft{Secret: s}) + fmt.Sprintf(verb, []auth.Secret{s})
	}
	if strings.Contains(out, hidden) || strings.Contains(out, fmt.Sprintf("%x", hidden)) || strings.Contains(out, fmt.Sprintf("%X", hidden)) {
		t.Error("the secret is in", out)
	}
	if !strings.Contains(out, s.Reveal()[:20]) {
		t.Error("the public part is not there")
	}
}
