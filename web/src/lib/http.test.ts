import assert from 'node:assert/strict';
import type { CatalogView } from './api';
import { sameCatalog } from './http';

const catalog = (): CatalogView => ({
  name: 'Praxis am Park',
  contact: 'Parkstraße 1',
  timeZone: 'Europe/Berlin',
  language: 'de',
  resources: [{ id: 'r1', name: 'Dr. Beispiel', hours: [{ weekday: 1, from: 480, to: 720 }] }],
  services: [{ id: 's1', name: 'Sprechstunde', description: '', minutes: 15, resources: ['r1'] }],
});

export default {
  'the same catalog is the same, whatever the order of its properties'() {
    const [service] = catalog().services;
    const { resources, minutes, ...rest } = service!;
    assert.ok(sameCatalog(catalog(), { ...catalog(), services: [{ resources, ...rest, minutes }] }));
  },
  'every difference is noticed'() {
    const changes: ((view: CatalogView) => void)[] = [
      (view) => (view.name = 'Praxis am Fluss'),
      (view) => (view.contact = ''),
      (view) => (view.timeZone = 'Europe/Vienna'),
      (view) => (view.language = 'en'),
      (view) => (view.resources[0]!.id = 'r2'),
      (view) => (view.resources[0]!.name = 'Dr. Muster'),
      (view) => (view.resources[0]!.hours[0]!.to = 725),
      (view) => view.resources.push({ id: 'r2', name: 'Dr. Muster', hours: [] }),
      (view) => (view.services[0]!.minutes = 20),
      (view) => (view.services[0]!.description = 'x'),
      (view) => (view.services[0]!.resources = []),
      (view) => (view.services[0]!.classes = [1]),
      (view) => (view.services[0]!.price = '30 €'),
      (view) => (view.services[0]!.questions = [{ text: '?', answers: [], required: false }]),
      (view) => (view.classes = [{ id: 1, minutes: 15, resources: ['r1'], access: 'public', horizon: 90, asks: false, series: 0 }]),
      (view) => (view.services = []),
    ];
    for (const change of changes) {
      const changed = catalog();
      change(changed);
      assert.equal(sameCatalog(catalog(), changed), false, String(change));
    }
  },
};
