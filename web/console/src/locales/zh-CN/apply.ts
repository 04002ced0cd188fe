// The words of applications.
export const apply = {
  'bulk.title': '批量申请',
  'bulk.text': '同一件事涉及很多订单时用：粘贴订单号，先看每单会怎样，再一次提交。每单各建一张售后单，办不了的不影响其他。',
  'bulk.numbers': '订单号',
  'bulk.numbers_hint': '一行一个，或用逗号、空格隔开',
  'bulk.count': '{n} 个订单，最多 200 个',
  'bulk.too_many': '一次最多 200 个订单，请分几次。',
  'bulk.platform': '平台',
  'bulk.agree': '一并同意',
  'bulk.agree_help': '只同意您权限以内的，其余照常等主管审批。',
  'bulk.preview': '先看看',
  'bulk.apply': '提交 {n} 单',
  'bulk.would': '可以办理 {opened} 单，{failed} 单办不了',
  'bulk.done': '已建 {opened} 单，{failed} 单没有办',
  'bulk.more': '再办一批',

} as const
