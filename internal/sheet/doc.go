// Package sheet reads the tables that people export: CSV and XLSX files of orders, items and customers.
//
// Open looks at the bytes, not at the name, to tell a workbook from text, and for text finds out the encoding (UTF-8,
// UTF-16 with its mark, GB18030), the line end and the delimiter. A Reader then gives the header and one Row after the
// other, with the row number that a spreadsheet program shows, using little memory however long the file is.
//
//	r, err := sheet.Open(ctx, "orders.csv", sheet.Options{})
//	defer r.Close()
//	cols, err := r.Match([]sheet.Column{{Name: "order_no", Titles: []string{"订单编号", "InvoiceNo"}}})
//	for {
//		row, err := r.Read(ctx)
//		if err == io.EOF { break }
//		if fault, ok := errors.AsType[*sheet.Fault](err); ok { report(fault); continue } // this row alone is unusable
//		if err != nil { return err }
//		no, err := sheet.ID(cols.Cell(row, "order_no"))
//		if err != nil { report(row.Fault("order_no", err)) }
//	}
//
// A spreadsheet program changes what it opens: an order number of 18 digits becomes 1.23457E+17, 00123 becomes 123, and
// a date becomes a count of days. The cell functions (ID, Integer, Amount, DateTime …) read what is certain and refuse
// what is not; they never guess. A Cell therefore says what kind it is besides what it holds.
//
// A workbook is a zip of XML. It is read here directly rather than through a general spreadsheet library, because the
// streaming readers of those give a cell's text alone: whether it was a number, a date, a formula or an error is lost,
// and that is what has to be known to refuse it. How much may be inflated is bounded before and while it happens.
package sheet
