//! Ctrl-C: the first lets calls in flight finish, the second ends the process at once.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;

use super::exit::Exit;

/// Whether somebody wants the run to end.
#[derive(Clone, Debug, Default)]
pub(crate) struct Interrupt(Arc<State>);

#[derive(Debug, Default)]
struct State {
    wanted: AtomicBool,
    deferred: AtomicBool,
    notify: Notify,
}

impl Interrupt {
    /// Watches for Ctrl-C, and for the signal by which service managers and containers ask a process to end.
    #[expect(clippy::disallowed_methods, reason = "the second Ctrl-C asks for an end without any more ado")]
    pub(crate) fn watch() -> Self {
        let interrupt = Self::default();
        let state = interrupt.0.clone();
        tokio::spawn(async move {
            // Where signals cannot be had, they end the process as they always do.
            let Ok(mut signals) = Signals::new() else { return };
            loop {
                signals.next().await;
                if state.wanted.swap(true, Ordering::Relaxed) {
                    std::process::exit(i32::from(Exit::Interrupted.code()));
                }
                state.notify.notify_waiters();
            }
        });
        interrupt
    }

    /// From here on the command itself sees to it that calls in flight are finished.
    pub(crate) fn defer(&self) {
        self.0.deferred.store(true, Ordering::Relaxed);
    }

    /// Set once the run should end.
    pub(crate) fn flag(&self) -> &AtomicBool {
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

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
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
