import assert from 'node:assert/strict';
import { groups, newId, parseFingerprint, practiceId } from './fingerprint';

const FINGERPRINT = 'k7qm3xw2ab5cdfgh2jklmnop7rstuvwx';

export default {
  'a fingerprint is read from links, groups and capitals'() {
    assert.equal(parseFingerprint(FINGERPRINT), FINGERPRINT);
    assert.equal(parseFingerprint(`https://example.org/b/?lang=de#${FINGERPRINT}`), FINGERPRINT);
    assert.equal(parseFingerprint(groups(FINGERPRINT).join(' ')), FINGERPRINT);
    assert.equal(parseFingerprint(groups(FINGERPRINT).join('-')), FINGERPRINT);
  },
  'anything else is no fingerprint'() {
    for (const text of ['', '#', FINGERPRINT.slice(1), `${FINGERPRINT}a`, FINGERPRINT.replace('k', '1'), FINGERPRINT.replace('k', 'ä')]) {
      assert.equal(parseFingerprint(text), undefined, text);
    }
  },
  'the practice id is the first 16 bytes'() {
    // Twenty bytes of ones: the 26th symbol keeps its three upper bits, 0b11100 = 28 = '4'.
    assert.equal(practiceId('7'.repeat(32)), `${'7'.repeat(25)}4`);
    assert.equal(practiceId('a'.repeat(32)), 'a'.repeat(26));
    // The last six symbols and two bits are not part of it.
    assert.equal(practiceId(`${'b'.repeat(25)}e777777`), practiceId(`${'b'.repeat(25)}h222222`));
    assert.notEqual(practiceId(`${'b'.repeat(25)}e777777`), practiceId(`${'b'.repeat(25)}i777777`));
  },
  'new ids are canonical and differ'() {
    const ids = Array.from({ length: 200 }, newId);
    for (const id of ids) assert.match(id, /^[a-z2-7]{25}[aeimquy4]$/);
    assert.equal(new Set(ids).size, ids.length);
  },
};
