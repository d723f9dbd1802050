//! Instances of the component, made and reused as Spin does: one serves up to 128 requests, up to 16 of them at once, and goes
//! after a second without any.
use crate::{App, outbound::Outbound};
use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::{Duration, Instant},
};
use wasmtime::{
    Engine, Result, Store, StoreContextMut,
    component::{GuestTaskId, ResourceTable},
};
use wasmtime_wasi::{FsPerms, WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::{
    WasiHttpCtx, WasiHttpCtxView, WasiHttpView,
    handler::{HandlerState, Instance, ProxyPre, ShouldAccept, WorkerExpiration, WorkerState, WorkerStatus},
};

/// What one instance owns.
pub(crate) struct State {
    pub(crate) app: Arc<App>,
    pub(crate) table: ResourceTable,
    wasi: WasiCtx,
    http: WasiHttpCtx,
    outbound: Outbound,
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

impl WasiHttpView for State {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView { ctx: &mut self.http, hooks: &mut self.outbound, table: &mut self.table }
    }
}

/// Makes instances.
pub(crate) struct Instances {
    pub(crate) app: Arc<App>,
    pub(crate) component: ProxyPre<State>,
    pub(crate) engine: Engine,
}

impl HandlerState for Instances {
    type StoreData = State;
    type WorkerExpiration = Idle;
    type WorkerState = Worker;

    async fn instantiate(&self) -> Result<Instance<State, Idle, Worker>> {
        let mut wasi = WasiCtx::builder();
        wasi.inherit_stdio();
        for mount in &self.app.manifest.files {
            wasi.preopened_dir(&mount.source, &mount.destination, FsPerms::ReadOnly)?;
        }
        let state = State {
            app: self.app.clone(),
            table: ResourceTable::new(),
            wasi: wasi.build(),
            http: WasiHttpCtx::new(),
            outbound: Outbound(self.app.clone()),
        };
        let mut store = Store::new(&self.engine, state);
        let proxy = self.component.instantiate_async(&mut store).await?;
        Ok(Instance {
            store,
            proxy,
            view: |state| state.http(),
            expiration: Idle(Box::pin(tokio::time::sleep(Duration::MAX))),
            state: Worker,
        })
    }
}

/// Ends an instance that has had nothing to do for a second.
pub(crate) struct Idle(Pin<Box<tokio::time::Sleep>>);

impl WorkerExpiration for Idle {
    fn poll(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        status: WorkerStatus,
        since: Instant,
    ) -> Poll<()> {
        if status != WorkerStatus::Idle {
            return Poll::Pending;
        }
        let deadline = (since + Duration::from_secs(1)).into();
        if self.0.deadline() != deadline {
            self.0.as_mut().reset(deadline);
        }
        self.0.as_mut().poll(context)
    }
}

/// Says how much one instance takes.
pub(crate) struct Worker;

impl WorkerState for Worker {
    type StoreData = State;
    type RequestData = ();

    fn should_accept_request(&self, at_once: usize, total: usize) -> ShouldAccept {
        match (at_once, total) {
            (_, 128..) => ShouldAccept::Never,
            (16.., _) => ShouldAccept::No,
            _ => ShouldAccept::Yes,
        }
    }

    fn on_request_start(
        &self,
        _: StoreContextMut<'_, State>,
        (): (),
        _: GuestTaskId,
    ) -> Pin<Box<dyn Future<Output = ()> + Send + Sync>> {
        Box::pin(std::future::pending())
    }

    fn drop(&self, _: Store<State>, result: Result<()>) {
        if let Err(error) = result {
            eprintln!("instance failed: {error:?}");
        }
    }
}
