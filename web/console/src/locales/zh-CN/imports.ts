// The words of imports.
export const imports = {
  'difference.amount': '金额不一致',
  'difference.status': '状态不一致',
  'difference.deadline': '期限不一致',
  'difference.refund': '退款待确认',
  'difference.case': '没有售后单',
  'mapping.title': '哪一列是什么',
  'mapping.name': '名字',
  'mapping.platform': '平台代码',
  'mapping.kind': '文件是',
  'mapping.orders': '订单',
  'mapping.after_sale': '售后、退款列表',
  'mapping.none': '没有这一列',
  'mapping.save': '保存并使用',
} as const
