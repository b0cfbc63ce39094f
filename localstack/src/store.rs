//! State on disk: a folder of JSON files, one per shard.
//!
//! ```text
//! lock                                held while an emulator runs on the folder
//! partition.json                      the partition, written once, last: with it the folder is complete
//! meta.json
//! organization.json
//! bedrock/<account>/<region>.json
//! iam/<account>.json, iam/every.json
//! ```
//!
//! A file is replaced as a whole, by a rename after its content has reached the disk, and before the reply that reports the
//! change is sent. So a killed emulator loses nothing that a client was told. A machine that loses power may lose the last
//! renames, but no file is ever half written.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

use crate::bedrock::Bedrock;
use crate::config::Partition;
use crate::iam::EVERY;
use crate::world::{Scope, Shard, State, World};

const PARTITION: &str = "partition.json";

/// The file's name for [`EVERY`], which cannot be one everywhere.
const EVERY_FILE: &str = "every";

/// The folder, locked against other emulators.
#[derive(Debug)]
pub(crate) struct Store {
    folder: PathBuf,
    _lock: File,
}

/// Why a folder cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Another emulator keeps its state there.
    #[error("{} is in use by another emulator", .0.display())]
    InUse(PathBuf),
    /// A file cannot be read or written.
    #[error("cannot access {}", path.display())]
    File {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file does not hold what this version writes.
    #[error("cannot read the state in {}", path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: serde_json::Error,
    },
}

impl Store {
    /// Takes the folder, which is made if there is none.
    pub(crate) fn open(folder: &Path) -> Result<Self, StoreError> {
        let at = |path: &Path| {
            let path = path.to_owned();
            move |source| StoreError::File { path, source }
        };
        fs::create_dir_all(folder).map_err(at(folder))?;
        let path = folder.join("lock");
        let lock = File::options().create(true).write(true).truncate(false).open(&path).map_err(at(&path))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { folder: folder.to_owned(), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(StoreError::InUse(folder.to_owned())),
            Err(TryLockError::Error(source)) => Err(StoreError::File { path, source }),
        }
    }

    /// The state that an earlier emulator left, if it got as far as writing one.
    pub(crate) fn load(&self) -> Result<Option<State>, StoreError> {
        let Some(partition) = self.read::<Partition>(Path::new(PARTITION))? else { return Ok(None) };
        let mut bedrock: BTreeMap<String, BTreeMap<String, Bedrock>> = BTreeMap::new();
        for account in self.names(Path::new("bedrock"))? {
            for file in self.names(&Path::new("bedrock").join(&account))? {
                if let Some(region) = file.strip_suffix(".json")
                    && let Some(content) = self.read(&Path::new("bedrock").join(&account).join(&file))?
                {
                    bedrock.entry(account.clone()).or_default().insert(region.to_owned(), content);
                }
            }
        }
        let mut iam = BTreeMap::new();
        for file in self.names(Path::new("iam"))? {
            if let Some(name) = file.strip_suffix(".json")
                && let Some(content) = self.read(&Path::new("iam").join(&file))?
            {
                iam.insert(if name == EVERY_FILE { EVERY } else { name }.to_owned(), content);
            }
        }
        Ok(Some(State {
            partition,
            meta: self.read(&file(&Shard::Meta))?.unwrap_or_default(),
            organization: self.required(&file(&Shard::Organization))?,
            bedrock,
            iam,
        }))
    }

    /// Writes the shards of the world.
    pub(crate) fn save(&self, world: &World, shards: &BTreeSet<Shard>) -> Result<(), StoreError> {
        for shard in shards {
            let path = self.folder.join(file(shard));
            let content = world.shard(shard).map_err(|source| StoreError::Content { path: path.clone(), source })?;
            replace(&path, &content).map_err(|source| StoreError::File { path, source })?;
        }
        Ok(())
    }

    /// Puts the world in the place of whatever the folder held. Until it returns, the folder counts as empty.
    pub(crate) fn begin(&self, world: &World) -> Result<(), StoreError> {
        let partition = self.folder.join(PARTITION);
        for path in [&partition, &self.folder.join("bedrock"), &self.folder.join("iam")] {
            remove(path).map_err(|source| StoreError::File { path: path.clone(), source })?;
        }
        self.save(world, &world.shards())?;
        let content = serde_json::to_vec(&world.partition)
            .map_err(|source| StoreError::Content { path: partition.clone(), source })?;
        replace(&partition, &content).map_err(|source| StoreError::File { path: partition, source })
    }

    fn read<T: DeserializeOwned>(&self, relative: &Path) -> Result<Option<T>, StoreError> {
        let path = self.folder.join(relative);
        match fs::read(&path) {
            Ok(content) => {
                serde_json::from_slice(&content).map(Some).map_err(|source| StoreError::Content { path, source })
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(StoreError::File { path, source }),
        }
    }

    fn required<T: DeserializeOwned>(&self, relative: &Path) -> Result<T, StoreError> {
        let missing = || StoreError::File { path: self.folder.join(relative), source: io::ErrorKind::NotFound.into() };
        self.read(relative)?.ok_or_else(missing)
    }

    fn names(&self, relative: &Path) -> Result<Vec<String>, StoreError> {
        let path = self.folder.join(relative);
        let entries = match fs::read_dir(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.and_then(Iterator::collect::<io::Result<Vec<_>>>),
        };
        let entries = entries.map_err(|source| StoreError::File { path, source })?;
        Ok(entries.iter().filter_map(|entry| entry.file_name().into_string().ok()).collect())
    }
}

fn file(shard: &Shard) -> PathBuf {
    match shard {
        Shard::Meta => PathBuf::from("meta.json"),
        Shard::Organization => PathBuf::from("organization.json"),
        Shard::Bedrock(Scope { account, region }) => Path::new("bedrock").join(account).join(format!("{region}.json")),
        Shard::Iam(key) => Path::new("iam").join(format!("{}.json", if key == EVERY { EVERY_FILE } else { key })),
    }
}

fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let folder = path.parent().ok_or(io::ErrorKind::NotFound)?;
    fs::create_dir_all(folder)?;
    let next = path.with_extension("json.next");
    let mut file = File::create(&next)?;
    file.write_all(content)?;
    file.sync_all()?;
    fs::rename(&next, path)
}

fn remove(path: &Path) -> io::Result<()> {
    let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    match removed {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}
