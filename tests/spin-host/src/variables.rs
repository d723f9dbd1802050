//! `spin:variables`.
use crate::{instance::State, wit::spin::variables::variables};
use wasmtime::component::{Accessor, HasSelf};

impl variables::Host for State {}

impl<T> variables::HostWithStore<T> for HasSelf<State> {
    async fn get(accessor: &Accessor<T, Self>, name: String) -> Result<String, variables::Error> {
        accessor
            .with(|mut access| access.get().app.variables.get(&name).cloned())
            .ok_or(variables::Error::Undefined(name))
    }
}
