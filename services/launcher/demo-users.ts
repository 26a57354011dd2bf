// The demonstration's staff: one person per role, each with a password of this data directory.
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { newUuid } from '#libs/ids/uuid.ts';
import { writePrivateJson } from './private-file.ts';

export interface DemoUser {
  readonly username: string;
  readonly name: string;
  readonly password: string;
  readonly roles: readonly string[];
  /** The person's id: `sub` of the tokens. */
  readonly sub: string;
}

const staff: readonly (readonly [username: string, name: string, role: string])[] = [
  ['registrar-maker', '登记经办(演示)', 'registrar.maker'],
  ['registrar-checker', '登记复核(演示)', 'registrar.checker'],
  ['settlement-maker', '结算经办(演示)', 'settlement.maker'],
  ['settlement-checker', '结算复核(演示)', 'settlement.checker'],
  ['regulator', '监管人员(演示)', 'regulator'],
  ['operator', '运维人员(演示)', 'operator'],
  ['auditor', '审计人员(演示)', 'auditor'],
];

export function openDemoUsers(file: string): readonly DemoUser[] {
  const known = existsSync(file) ? readUsers(file) : [];
  const users = staff.map(([username, name, role]) => {
    const found = known.find((user) => user.username === username);
    return found ?? { username, name, password: newPassword(), roles: [role], sub: newUuid() };
  });
  writePrivateJson(file, { users });
  return users;
}

function newPassword(): string {
  return randomBytes(12).toString('base64url');
}

function readUsers(file: string): DemoUser[] {
  const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (typeof parsed !== 'object' || parsed === null || !('users' in parsed)) return [];
  return Array.isArray(parsed.users) ? parsed.users.filter(isUser) : [];
}

function isUser(value: unknown): value is DemoUser {
  if (typeof value !== 'object' || value === null) return false;
  const texts = ['username', 'name', 'password', 'sub'];
  const entries = new Map<string, unknown>(Object.entries(value));
  const roles = entries.get('roles');
  return texts.every((key) => typeof entries.get(key) === 'string') && Array.isArray(roles);
}
