package wechatpay

var RequestText, AnswerText = requestText, answerText
