//! One writer at a time: a lock on `.tierform/` itself, which leaves no file behind and ends with the process.
//! Comparing needs none: whoever gets the lock looks whether the manifest is still the one that was compared with.

use std::path::Path;

use super::OutputError;

/// Held while a run writes.
#[cfg(unix)]
pub(super) struct Lock {
    _directory: std::fs::File,
}

#[cfg(unix)]
impl Lock {
    /// Locks the records in `directory`, which exists.
    ///
    /// # Errors
    /// When another run holds it, or took the directory away meanwhile.
    pub(super) fn take(directory: &Path, out: &Path) -> Result<Self, OutputError> {
        use std::fs::{self, File, TryLockError};
        use std::io::ErrorKind;
        use std::os::unix::fs::MetadataExt;

        let failed = |source| super::pen::failed("lock", directory, source);
        let busy = || OutputError::Busy { out: out.to_owned() };
        let file = File::open(directory).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(busy()),
            // Some network and container file systems have no locks: there the checks before each replacement have to do.
            Err(TryLockError::Error(error)) if error.kind() == ErrorKind::Unsupported => {}
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        // A first run that failed removes the directory again: then this is the lock of nothing.
        let (held, there) = (file.metadata().map_err(failed)?, fs::metadata(directory));
        match there {
            Ok(there) if (there.dev(), there.ino()) == (held.dev(), held.ino()) => {
                Ok(Self { _directory: file })
            }
            _ => Err(busy()),
        }
    }
}

/// Other systems lock no directories: there the checks before each replacement have to do.
#[cfg(not(unix))]
pub(super) struct Lock;

#[cfg(not(unix))]
impl Lock {
    pub(super) fn take(_: &Path, _: &Path) -> Result<Self, OutputError> {
        Ok(Self)
    }
}
