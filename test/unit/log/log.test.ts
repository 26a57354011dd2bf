import { describe, expect, it } from 'vitest';
import { createLogger, type LogFields } from '#libs/log/log.ts';

function logged(write: (logger: ReturnType<typeof createLogger>) => void): string {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  write(createLogger({ service: 'registry', level: 'debug', destination }));
  return lines.join('');
}

describe('a log line', () => {
  it('is JSON with level, time, service, message and known members', () => {
    const line: unknown = JSON.parse(
      logged((log) => log.info('request answered', { operationId: 'x', status: 200, offset: 5n })),
    );
    expect(line).toMatchObject({
      level: 'info',
      service: 'registry',
      msg: 'request answered',
      operationId: 'x',
      status: 200,
      offset: '5',
    });
  });

  it('drops members that it does not know, and bodies under known names', () => {
    const fields = { body: { name: '张三' }, password: 'secret' } as unknown as LogFields;
    const text = logged((log) => log.info('request', { ...fields, reason: { name: '张三' } }));
    expect(text).not.toContain('张三');
    expect(text).not.toContain('secret');
  });

  it.each(['11010519491231002X', '13800138000', '6222021234567890123', 'someone@example.com'])(
    'removes %s from messages, members and errors',
    (personal) => {
      const error = new Error(`bad value "${personal}"`, { cause: new Error(personal) });
      const text = logged((log) => log.error(`refused ${personal}`, { reason: personal, error }));
      expect(text).toContain('[removed]');
      expect(text).not.toContain(personal);
    },
  );

  it('tells of a database error only what holds no row values', () => {
    const error = Object.assign(new Error('duplicate key value'), {
      code: '23505',
      constraint: 'subject_pkey',
      detail: 'Key (name)=(张三) already exists.',
      where: 'COPY subject: 张三',
    });
    const text = logged((log) => log.error('failed', { error }));
    expect(text).toContain('subject_pkey');
    expect(text).not.toContain('张三');
  });

  it('stays silent below its level', () => {
    const lines: string[] = [];
    const destination = { write: (line: string) => void lines.push(line) };
    const log = createLogger({ service: 'x', level: 'warn', destination });
    log.info('no');
    log.warn('yes');
    expect(lines).toHaveLength(1);
  });
});
