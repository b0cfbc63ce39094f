//! Ctrl-C: the first lets calls in flight finish, the second ends the process at once. Where nothing has been begun, the
//! first does, too.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::Notify;

use super::exit::Exit;

/// How long a command that has begun nothing has to end by itself.
const PATIENCE: Duration = Duration::from_millis(500);

/// Whether somebody wants the run to end.
#[derive(Clone, Debug, Default)]
pub(crate) struct Interrupt(Arc<State>);

#[derive(Debug, Default)]
struct State {
    wanted: Arc<AtomicBool>,
    deferred: AtomicBool,
    notify: Notify,
}

impl Interrupt {
    /// Watches for Ctrl-C, for the signal by which service managers and containers ask a process to end, and for a terminal
    /// that closes, unless the process was started not to mind that (`nohup`). `say` is called where the process ends
    /// without the command's doing.
    pub(crate) fn watch(say: impl FnOnce() + Send + 'static) -> Self {
        let interrupt = Self::default();
        // Where signals cannot be had, they end the process as they always do.
        if let Ok(signals) = Signals::new() {
            tokio::spawn(interrupt.clone().heed(signals, say));
        }
        interrupt
    }

    async fn heed(self, mut signals: Signals, say: impl FnOnce()) {
        signals.next().await;
        self.0.wanted.store(true, Ordering::Relaxed);
        self.0.notify.notify_waiters();
        let again = tokio::time::timeout(PATIENCE, signals.next()).await.is_ok();
        // Whatever waits has heard of it. What computes, or reads a pipe that nobody writes to, hears of nothing; as long
        // as it has not begun to see to its own end, nothing is lost with it. And it will begin nothing from here on.
        if !again && !self.0.deferred.load(Ordering::Relaxed) {
            say();
            end();
        }
        if !again {
            signals.next().await;
        }
        end();
    }

    /// From here on the command itself sees to it that calls in flight are finished.
    pub(crate) fn defer(&self) {
        self.0.deferred.store(true, Ordering::Relaxed);
    }

    /// Set once the run should end.
    pub(crate) fn flag(&self) -> &Arc<AtomicBool> {
        &self.0.wanted
    }

    /// Returns when the run should end and the command does not see to it itself.
    pub(crate) async fn wanted(&self) {
        self.pressed().await;
        if self.0.deferred.load(Ordering::Relaxed) {
            std::future::pending::<()>().await;
        }
    }

    /// Returns when the run should end.
    pub(crate) async fn pressed(&self) {
        let notified = self.0.notify.notified();
        if !self.0.wanted.load(Ordering::Relaxed) {
            notified.await;
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "what hears of nothing cannot return the code")]
fn end() -> ! {
    std::process::exit(i32::from(Exit::Interrupted.code()))
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
    hangup: Option<tokio::signal::unix::Signal>,
}

#[cfg(unix)]
impl Signals {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hangup: minds_hangup().then(|| signal(SignalKind::hangup())).transpose()?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
            () = async {
                match &mut self.hangup {
                    Some(hangup) => drop(hangup.recv().await),
                    None => std::future::pending().await,
                }
            } => {}
        }
    }
}

/// Whether the process was not started to go on when its terminal closes. Where that cannot be told, the signal is left alone.
#[cfg(unix)]
fn minds_hangup() -> bool {
    const HANGUP: u64 = 1;
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).is_some_and(|mask| mask & HANGUP == 0)
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
