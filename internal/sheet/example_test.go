package sheet_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/sanbao/sanbao/internal/sheet"
)

func Example() {
	ctx := context.Background()
	data := "订单编号\t,数量\n=\"0012\",2\n1.23457E+17,1\n3\n"
	r, err := sheet.New(ctx, strings.NewReader(data), int64(len(data)), sheet.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer r.Close()
	cols, err := r.Match([]sheet.Column{{Name: "order_no", Titles: []string{"订单编号"}}, {Name: "quantity", Titles: []string{"数量"}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for {
		row, err := r.Read(ctx)
		if err == io.EOF {
			break
		}
		if fault, ok := errors.AsType[*sheet.Fault](err); ok {
			fmt.Println(fault)
			continue
		}
		if err != nil {
			fmt.Println(err)
			return
		}
		no, err := sheet.ID(cols.Cell(row, "order_no"))
		if err != nil {
			fault := row.Fault("order_no", err)
			fmt.Println(&fault)
			continue
		}
		n, err := sheet.Quantity(cols.Cell(row, "quantity"))
		fmt.Println(row.Number, no, n, err)
	}
	// Output:
	// 2 0012 2 <nil>
	// row 3, column "order_no": "1.23457E+17" in A3 was rewritten by a spreadsheet program and the original digits are lost. Export it again with that column as text.
	// row 4, column "": Row 4 has 1 columns; the header has 2.
}
