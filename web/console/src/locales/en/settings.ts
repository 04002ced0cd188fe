// The words of settings.
import type { settings as zh } from '../zh-CN/settings'

export const settings: Record<keyof typeof zh, string> = {
  'settings.shop': 'Shop',
  'settings.people': 'People',
  'settings.me': 'My account',

  'people.add': 'Add somebody',
  'people.login': 'Login',
  'people.name': 'Name',
  'people.roles': 'Roles',
  'people.role': 'Role',
  'people.where': 'Shop',
  'people.add_role': 'Add a role',
  'people.all_shops': 'All shops',
  'people.no_roles': 'No role',
  'people.state': 'Account',
  'people.active': 'Active',
  'people.inactive': 'Inactive',
  'people.never': 'Never logged in',
  'people.reset': 'Reset password',
  'people.secret': 'One-time password of {login}, shown this once:',

}
