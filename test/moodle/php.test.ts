import { expect, test } from 'vitest';
import { encodeJson, serialize } from '../../data/moodle/php.js';

test('JSON is escaped as PHP escapes it', () => {
  expect(encodeJson(null)).toBe('null');
  expect(encodeJson({ shortname: '7A/IT', fullname: 'Tūhoe "A" 😀' })).toBe(
    '{"shortname":"7A\\/IT","fullname":"T\\u016bhoe \\"A\\" \\ud83d\\ude00"}',
  );
  expect(encodeJson({ id: 1, component: '', list: [], line: 'a\nb\u0001\u2028' })).toBe(
    '{"id":1,"component":"","list":[],"line":"a\\nb\\u0001\\u2028"}',
  );
});

test('serialised values count bytes', () => {
  expect(serialize(null)).toBe('N;');
  expect(serialize({ forgottenreset: false })).toBe('a:1:{s:14:"forgottenreset";b:0;}');
  expect(serialize({ fullname: 'Tū', ids: [7] })).toBe(
    'a:2:{s:8:"fullname";s:3:"Tū";s:3:"ids";a:1:{i:0;i:7;}}',
  );
});
