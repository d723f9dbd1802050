// A Durable Object in plain JavaScript with one SQLite write a request: what any durable write costs on workerd.
import { DurableObject } from "cloudflare:workers";

export class Peer extends DurableObject {
  constructor(state, env) {
    super(state, env);
    state.storage.sql.exec("CREATE TABLE IF NOT EXISTS rows (id INTEGER PRIMARY KEY, value TEXT NOT NULL) STRICT");
  }

  async fetch(request) {
    // An unread body would cost the connection.
    await request.arrayBuffer();
    this.ctx.storage.sql.exec("INSERT INTO rows (value) VALUES (?)", "0123456789abcdef");
    return new Response("ok");
  }
}

export default {
  fetch(request, env) {
    return env.PEER.get(env.PEER.idFromName("one")).fetch(request);
  },
};
