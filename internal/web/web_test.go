package web_test

import (
	"testing"

	"github.com/sanbao/sanbao/internal/db/dbtest"
)

func TestMain(m *testing.M) { dbtest.Main(m) }
