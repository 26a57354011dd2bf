import { describe, expect, it } from 'vitest';
import { defaultPort, help, parseOptions } from '../../../services/launcher/options.ts';

describe('the options of npm start', () => {
  it('has defaults for all of them', () => {
    expect(parseOptions([])).toEqual({
      data: `${process.cwd()}/data`,
      port: defaultPort,
      empty: false,
      bus: undefined,
    });
  });

  it('reads both ways of giving a value', () => {
    const options = parseOptions(['--data', '/srv/q', '--port=0', '--bus=postgres', '--empty']);
    expect(options).toEqual({ data: '/srv/q', port: 0, empty: true, bus: 'postgres' });
  });

  it.each(['--help', '-h'])('knows %s', (flag) => {
    expect(parseOptions([flag])).toBe('help');
  });

  it('describes each of them in the help', () => {
    for (const name of ['data', 'port', 'empty', 'bus', 'help']) {
      expect(help).toContain(`--${name}`);
    }
  });

  it.each([
    [['--bus=rabbit'], /--bus must be kafka or postgres, not "rabbit"/],
    [['--port=70000'], /--port must be 0 to 65535, not "70000"/],
    [['--port=eighty'], /--port must be/],
    [['--dta=x'], /Unknown option '--dta'/],
    [['stray'], /Unexpected argument 'stray'/],
  ])('refuses %s in one line', (args, message) => {
    expect(() => parseOptions(args)).toThrow(message);
    try {
      parseOptions(args);
    } catch (error) {
      expect(String(error)).not.toContain('\n');
    }
  });
});
