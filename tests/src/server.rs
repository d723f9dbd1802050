//! Starts the product with a state folder of its own: on real workerd (`tests/harness/serve.mjs`), or on the Spin host
//! (`serve-spin.mjs`) where `VESTIBULE_RUNTIME` says so.
use std::{
    env, fs,
    io::{self, BufRead as _, BufReader, Write as _},
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Mutex, OnceLock,
        atomic::{AtomicUsize, Ordering},
        mpsc::{self, Receiver},
    },
    time::Duration,
};

/// Runs the server until this test process ends, however it ends: then the pipe to `cat` closes, the server is told to
/// stop, a fresh state folder is removed, and the whole process group goes. The shell tells the server's process id and
/// lets go of stdout, so that a server that dies early is seen as the end of its output.
const KEEPER: &str = r#""$@" </dev/null & server=$!; echo "PID $server"; exec >&-; cat >/dev/null
kill "$server"; wait "$server"; [ -n "$REMOVE" ] && rm -rf "$REMOVE"; kill -KILL 0"#;

/// What the product runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Runtime {
    /// Cloudflare's.
    Workerd,
    /// Our host of Spin components.
    Spin,
}

impl Runtime {
    /// The one of `VESTIBULE_RUNTIME`; workerd without it.
    ///
    /// # Panics
    /// If it names neither.
    #[expect(clippy::panic, reason = "a fixture: a wrong name must not test the wrong runtime")]
    pub fn chosen() -> Self {
        match env::var("VESTIBULE_RUNTIME").as_deref() {
            Err(_) | Ok("workerd") => Self::Workerd,
            Ok("spin") => Self::Spin,
            Ok(other) => panic!("VESTIBULE_RUNTIME is {other}: workerd or spin"),
        }
    }

    /// What the `n`th of several servers runs on, from 0: both in turn, so that realms of different runtimes meet, where
    /// `VESTIBULE_SPIN_HOST` names a host and the worker is built; else the chosen one.
    pub fn of_several(n: usize) -> Self {
        let both = env::var_os("VESTIBULE_SPIN_HOST").is_some();
        match (Self::chosen(), both && n % 2 == 1) {
            (chosen, false) => chosen,
            (Self::Workerd, true) => Self::Spin,
            (Self::Spin, true) => Self::Workerd,
        }
    }

    /// Whether a case runs here. Where it does not, name and reason go to the file of `VESTIBULE_NOT_HERE`, if that is
    /// set: `cargo xtask test` shows and counts them.
    ///
    /// # Panics
    /// If that file cannot be written.
    #[expect(clippy::unwrap_used, reason = "a fixture: a case must not vanish unseen")]
    pub fn only(self, case: &str, why: &str) -> bool {
        let here = Self::chosen() == self;
        if let Some(file) = env::var_os("VESTIBULE_NOT_HERE").filter(|_| !here) {
            let mut file = fs::OpenOptions::new().create(true).append(true).open(file).unwrap();
            writeln!(file, "{case}: {why}").unwrap();
        }
        here
    }

    const fn harness(self) -> &'static str {
        match self {
            Self::Workerd => "tests/harness/serve.mjs",
            Self::Spin => "tests/harness/serve-spin.mjs",
        }
    }
}

/// What differs from a plain server.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// State folder to continue with; without it a fresh one that is removed at the end.
    pub state: Option<PathBuf>,
    /// Variables of the worker.
    pub vars: Vec<(String, String)>,
    /// Cargo feature of a build variant, as in `leak-b`; empty for the product.
    pub variant: String,
    /// Processes on the same state, on Spin only; 0 is one.
    pub processes: usize,
    /// What it runs on; [`Runtime::chosen`] without it.
    pub runtime: Option<Runtime>,
}

/// A running server.
#[derive(Debug)]
pub struct Server {
    /// Its origin; the first one's, if it runs as several processes.
    pub url: String,
    /// Origins of the other processes on the same state.
    pub more: Vec<String>,
    /// Its state folder: `data/` (databases, queues), logs, and the platform secret. `None` for a server that was given by `VESTIBULE_URL`.
    pub state: Option<PathBuf>,
    running: Option<Running>,
}

#[derive(Debug)]
struct Running {
    keeper: Child,
    /// Process id of `serve.mjs`.
    pid: u32,
    /// One message for each `READY` line after the first.
    ready: Mutex<Receiver<()>>,
}

/// The server could not be started; the text says why and where its log is.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct StartError(String);

impl From<io::Error> for StartError {
    fn from(error: io::Error) -> Self {
        Self(error.to_string())
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map_or_else(PathBuf::new, Path::to_owned)
}

impl Server {
    /// The server of this test process: started at the first call, or the one of `VESTIBULE_URL`.
    ///
    /// # Panics
    /// If it does not start: without it no test can say anything.
    #[expect(clippy::panic, reason = "a fixture: no test can go on without it")]
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Server> = OnceLock::new();
        SHARED.get_or_init(|| match env::var("VESTIBULE_URL") {
            Ok(url) => Self {
                url,
                more: Vec::new(),
                state: env::var_os("VESTIBULE_STATE").map(PathBuf::from),
                running: None,
            },
            Err(_) => Self::start(&Options::default()).unwrap_or_else(|error| panic!("{error}")),
        })
    }

    /// Starts a server and waits until it answers. `VESTIBULE_WORKER` names another folder than the build's, as of a worker
    /// that was broken on purpose.
    pub fn start(options: &Options) -> Result<Self, StartError> {
        let fresh = options.state.is_none();
        let state = match &options.state {
            Some(state) => state.clone(),
            None => tempfile::Builder::new().prefix("vestibule-tests-").tempdir()?.keep(),
        };
        fs::create_dir_all(&state)?;
        let log_path = state.join("server.log");
        let log = fs::OpenOptions::new().create(true).append(true).open(&log_path)?;
        let mut command = Command::new("sh");
        command
            .args([
                "-c",
                KEEPER,
                "sh",
                "node",
                options.runtime.unwrap_or_else(Runtime::chosen).harness(),
                "--port",
                "0",
                "--state",
            ])
            .arg(&state);
        if let Some(worker) = env::var_os("VESTIBULE_WORKER").filter(|_| options.variant.is_empty()) {
            command.arg("--worker").arg(worker);
        }
        if !options.variant.is_empty() {
            command.args(["--variant", &options.variant]);
        }
        if options.processes > 1 {
            command.args(["--instances", &options.processes.to_string()]);
        }
        // Load and timing tests send more than one network may.
        command.args(["--var", "RATE_LIMIT_SCALE=100000"]);
        for (name, value) in &options.vars {
            command.arg("--var").arg(format!("{name}={value}"));
        }
        let remove = if fresh && env::var_os("VESTIBULE_KEEP_STATE").is_none() {
            state.as_os_str()
        } else {
            "".as_ref()
        };
        let mut keeper = command
            .current_dir(root())
            .env("REMOVE", remove)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log)
            .process_group(0)
            .spawn()?;
        let stdout = keeper.stdout.take().ok_or_else(|| StartError("no stdout".into()))?;
        let mut lines = BufReader::new(stdout).lines().map_while(Result::ok);
        let pid = lines.next().and_then(|line| line.strip_prefix("PID ")?.parse().ok());
        let urls = lines.by_ref().find_map(|line| line.strip_prefix("READY ").map(str::to_owned));
        let mut urls = urls.as_deref().unwrap_or_default().split_whitespace().map(str::to_owned);
        let (Some(url), Some(pid)) = (urls.next(), pid) else {
            let log = fs::read_to_string(&log_path).unwrap_or_default();
            return Err(StartError(format!(
                "the server did not start (run `cargo xtask build` first)\n{log}"
            )));
        };
        let (tell, ready) = mpsc::channel();
        std::thread::spawn(move || {
            // Reads on, so that the server never blocks on a full pipe; ends when nobody listens any more.
            lines.filter(|line| line.starts_with("READY ")).try_for_each(|_| tell.send(())).ok();
        });
        let running = Running { keeper, pid, ready: Mutex::new(ready) };
        Ok(Self { url, more: urls.collect(), state: Some(state), running: Some(running) })
    }

    /// One of several servers in a test: on workerd and on Spin in turn, where both can run; `variant` names the build for the
    /// runtime that it gets.
    ///
    /// # Panics
    /// If it does not start: without it no test can say anything.
    #[expect(clippy::panic, reason = "a fixture: no test can go on without it")]
    pub fn in_turn(variant: impl Fn(Runtime) -> &'static str) -> &'static Self {
        static STARTED: AtomicUsize = AtomicUsize::new(0);
        let runtime = Runtime::of_several(STARTED.fetch_add(1, Ordering::Relaxed));
        let options =
            Options { runtime: Some(runtime), variant: variant(runtime).into(), ..Options::default() };
        match Self::start(&options) {
            Ok(server) => Box::leak(Box::new(server)),
            Err(error) => panic!("{error}"),
        }
    }

    /// [`Self::in_turn`], one that does all there is to do.
    pub fn whole() -> &'static Self {
        Self::in_turn(|_| "")
    }

    /// [`Self::in_turn`], one that guards PINs for a practice that is founded elsewhere: on Spin the build that can do nothing
    /// else.
    pub fn guard() -> &'static Self {
        Self::in_turn(|runtime| if runtime == Runtime::Spin { "realm" } else { "" })
    }

    /// Kills the runtime as a power cut would (SIGKILL), and starts it again on the same state and port.
    pub fn crash(&self) -> Result<(), StartError> {
        let running = self.running.as_ref().ok_or_else(|| StartError("not our server".into()))?;
        Command::new("kill").args(["-USR2", &running.pid.to_string()]).status()?;
        let ready = running.ready.lock().map_err(|_| StartError("poisoned".into()))?;
        ready.recv_timeout(Duration::from_mins(1)).map_err(|_| StartError("it did not come back".into()))
    }

    /// A copy of the stored data as it is now: a backup. The server must be idle.
    pub fn backup(&self) -> Result<PathBuf, StartError> {
        let (data, state) = (self.data(), self.state.as_ref());
        let (Some(data), Some(state)) = (data, state) else {
            return Err(StartError("not our server".into()));
        };
        let copy = state.join("backup");
        copy_all(&data, &copy)?;
        Ok(copy)
    }

    /// Stops the server, puts a backup in the place of its data, and starts it again with the same secret and port.
    pub fn restore(&self, backup: &Path) -> Result<(), StartError> {
        let state = self.state.as_ref().ok_or_else(|| StartError("not our server".into()))?;
        copy_all(backup, &state.join("restore"))?;
        self.crash()
    }

    /// The platform secret: what a hostile operator has, and a thief of the database has not.
    pub fn platform_secret(&self) -> Option<[u8; 32]> {
        let text = fs::read_to_string(self.state.as_ref()?.join("platform-secret")).ok()?;
        let digits = text.trim().as_bytes();
        let mut secret = [0; 32];
        if digits.len() != 64 {
            return None;
        }
        for (byte, pair) in secret.iter_mut().zip(digits.chunks(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
        }
        Some(secret)
    }

    /// The part of the state that a thief of the database gets: everything but the platform secret.
    pub fn data(&self) -> Option<PathBuf> {
        self.state.as_ref().map(|state| state.join("data"))
    }
}

fn copy_all(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_all(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(mut running) = self.running.take() {
            // Closing its input stops it; the keeper removes a fresh state folder.
            drop(running.keeper.stdin.take());
            let _ = running.keeper.wait();
        }
    }
}
