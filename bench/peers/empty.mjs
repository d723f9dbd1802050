// The least that a worker can do: what workerd itself costs a request.
export default {
  fetch() {
    return new Response("ok");
  },
};
