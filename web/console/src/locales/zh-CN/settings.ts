// The words of settings.
export const settings = {
  'settings.shop': '店铺',
  'settings.people': '员工',
  'settings.me': '我的账号',

  'people.add': '添加员工',
  'people.login': '账号',
  'people.name': '花名',
  'people.roles': '岗位',
  'people.role': '岗位',
  'people.where': '店铺',
  'people.add_role': '加一个岗位',
  'people.all_shops': '所有店铺',
  'people.no_roles': '没有岗位',
  'people.state': '账号状态',
  'people.active': '在用',
  'people.inactive': '停用',
  'people.never': '没登录过',
  'people.reset': '重设密码',
  'people.secret': '{login} 的一次性密码，只显示这一次：',

} as const
