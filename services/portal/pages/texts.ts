/** The texts of the portal's pages, Chinese and English. */
import type { Language } from '#libs/problem/problem.ts';

const zh = {
  portal: '权籍 · 股权登记托管门户',
  demo: '演示环境',
  signIn: '登录',
  signOut: '退出登录',
  username: '用户名',
  password: '密码',
  signedInAs: '当前用户',
  roles: '角色',
  documentation: '接口文档',
  wrongCredentials: '用户名或密码错误。',
  locked: '该账号因多次登录失败已被暂时锁定，请稍后再试。',
  crossSite: '请求未通过跨站校验，请从本站页面重新提交。',
  expired: '登录请求已失效或已过期，请从应用重新发起。',
  badRequest: '无法完成该请求',
  otherLanguage: 'English',
  clientWants: '正在登录到',
};

const en: typeof zh = {
  portal: 'Quanji · equity registry portal',
  demo: 'Demonstration',
  signIn: 'Sign in',
  signOut: 'Sign out',
  username: 'User name',
  password: 'Password',
  signedInAs: 'Signed in as',
  roles: 'Roles',
  documentation: 'API documentation',
  wrongCredentials: 'Wrong user name or password.',
  locked: 'This login is locked for a while after several failures; try again later.',
  crossSite: 'The request failed the cross-site check; submit it again from a page of this site.',
  expired: 'The sign-in request is no longer valid; start again from the application.',
  badRequest: 'The request cannot be completed',
  otherLanguage: '中文',
  clientWants: 'Signing in to',
};

export type Texts = typeof zh;

export function textsIn(language: Language): Texts {
  return language === 'zh' ? zh : en;
}
