package alipay

var RequestText = requestText
