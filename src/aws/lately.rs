//! What was read lately: actions that wait at the same time for the same thing share each reading.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

/// A reading, and when it began.
type Last<V> = Arc<tokio::sync::Mutex<Option<(Instant, V)>>>;

/// The last reading of each thing.
#[derive(Debug)]
pub(crate) struct Lately<K, V>(Mutex<BTreeMap<K, Last<V>>>);

impl<K, V> Default for Lately<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Ord + Clone, V: Clone> Lately<K, V> {
    /// What `read` tells of `key`, unless a reading that began at `since` or later has told it. One reading of a key is
    /// under way at a time, and who asks meanwhile waits for it.
    ///
    /// # Errors
    /// The failure of the read, which is not kept.
    pub(crate) async fn of<E, F>(&self, key: &K, since: Instant, read: impl FnOnce() -> F + Send) -> Result<V, E>
    where
        F: Future<Output = Result<V, E>> + Send,
    {
        let last = {
            let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(all.entry(key.clone()).or_default())
        };
        let mut last = last.lock().await;
        if let Some((began, found)) = &*last
            && *began >= since
        {
            return Ok(found.clone());
        }
        let began = Instant::now();
        let found = read().await?;
        *last = Some((began, found.clone()));
        Ok(found)
    }
}
