//! Files, whole or not at all: each is written beside its place and then renamed onto it.

use std::fs::Metadata;
use std::io::Write;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// A directory or file that could not be written.
#[derive(Debug, Error)]
#[error("cannot write {}: {source}", path.display())]
pub struct WriteError {
    /// Which.
    pub path: PathBuf,
    /// Why, in the words of the system.
    #[source]
    pub source: std::io::Error,
}

impl WriteError {
    fn new(path: &Path, source: std::io::Error) -> Self {
        Self {
            path: path.to_owned(),
            source,
        }
    }
}

/// Creates `dir` with its parents and makes sure that files can be made in it.
///
/// Called before work starts, so that a wrong `-o` costs a moment and not a simulation.
///
/// # Errors
/// When the directory cannot be made or refuses new files.
pub fn prepare(dir: &Path) -> Result<(), WriteError> {
    std::fs::create_dir_all(dir).map_err(|source| WriteError::new(dir, source))?;
    tempfile::NamedTempFile::new_in(dir)
        .map(drop)
        .map_err(|source| WriteError::new(dir, source))
}

/// The same for a file that [`write_file`] is to write; devices and pipes are there already.
///
/// # Errors
/// When a directory is in its place, or its own directory cannot be made or refuses new files.
pub fn prepare_file(path: &Path) -> Result<(), WriteError> {
    let ends_open = path.to_string_lossy().ends_with(std::path::is_separator);
    let place = path.metadata();
    if path.file_name().is_none() || ends_open || place.as_ref().is_ok_and(Metadata::is_dir) {
        let text = "this is a directory: name a file in it";
        let source = std::io::Error::new(std::io::ErrorKind::IsADirectory, text);
        return Err(WriteError::new(path, source));
    }
    match place {
        Ok(known) if known.is_file() => {
            let known = path.canonicalize();
            let known = known.map_err(|source| WriteError::new(path, source))?;
            prepare(folder_of(&known))
        }
        Ok(_) => Ok(()),
        Err(_) => prepare(folder_of(path)),
    }
}

/// The directory that a file stands in.
fn folder_of(file: &Path) -> &Path {
    match file.parent() {
        Some(dir) if !dir.as_os_str().is_empty() => dir,
        _ => Path::new("."),
    }
}

/// Writes every (name, bytes) into `dir`, which is created, and returns the paths written.
///
/// Each file appears complete or not at all. Files written before a failure stay.
///
/// # Errors
/// At the first file that cannot be written.
pub fn write_all(dir: &Path, files: &[(String, Vec<u8>)]) -> Result<Vec<PathBuf>, WriteError> {
    std::fs::create_dir_all(dir).map_err(|source| WriteError::new(dir, source))?;
    files
        .iter()
        .map(|(name, bytes)| {
            let path = dir.join(name);
            write_file(&path, bytes).map(|()| path)
        })
        .collect()
}

/// Writes one file at `path`, complete or not at all; its directory must exist. A link is followed;
/// what is there and no ordinary file (a device, a pipe) is written to and stays what it is.
///
/// # Errors
/// When the directory refuses the file.
pub fn write_file(path: &Path, bytes: &[u8]) -> Result<(), WriteError> {
    let Ok(known) = path.metadata() else {
        return replace(path, bytes);
    };
    let failed = |source| WriteError::new(path, source);
    if known.is_file() {
        let path = path.canonicalize().map_err(failed)?;
        return replace(&path, bytes);
    }
    let file = std::fs::OpenOptions::new().write(true).open(path);
    file.and_then(|mut file| file.write_all(bytes))
        .map_err(failed)
}

/// Writes beside the place and renames onto it.
fn replace(path: &Path, bytes: &[u8]) -> Result<(), WriteError> {
    let dir = folder_of(path);
    let failed = |source| WriteError::new(path, source);
    let mut builder = tempfile::Builder::new();
    open_to_readers(&mut builder);
    let mut file = builder.tempfile_in(dir).map_err(failed)?;
    file.write_all(bytes).map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}

/// Temporary files are private by default; results are ordinary files under the user's umask.
#[cfg(unix)]
fn open_to_readers(builder: &mut tempfile::Builder<'_, '_>) {
    use std::os::unix::fs::PermissionsExt;
    builder.permissions(std::fs::Permissions::from_mode(0o666));
}

#[cfg(not(unix))]
fn open_to_readers(_: &mut tempfile::Builder<'_, '_>) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_replace_older_ones_and_leave_nothing_beside() {
        let root = tempfile::tempdir().unwrap();
        let dir = root.path().join("a/b");
        let files = [
            ("x.csv".to_owned(), b"new".to_vec()),
            ("y.svg".to_owned(), b"<svg/>".to_vec()),
        ];
        write_all(&dir, &[("x.csv".to_owned(), b"older and longer".to_vec())]).unwrap();
        let written = write_all(&dir, &files).unwrap();
        assert_eq!(std::fs::read(dir.join("x.csv")).unwrap(), b"new");
        let mut names: Vec<_> = std::fs::read_dir(&dir)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        names.sort();
        assert_eq!(names, written);
    }

    #[cfg(unix)]
    #[test]
    fn devices_and_links_stay_what_they_are() {
        use std::os::unix::fs::{FileTypeExt, symlink};
        let root = tempfile::tempdir().unwrap();
        let at = |name: &str| root.path().join(name);
        write_file(&at("file"), b"old").unwrap();
        symlink(at("file"), at("link")).unwrap();
        write_file(&at("link"), b"new").unwrap();
        assert!(at("link").is_symlink());
        assert_eq!(std::fs::read(at("file")).unwrap(), b"new");
        symlink("/dev/null", at("nothing")).unwrap();
        write_file(&at("nothing"), b"gone").unwrap();
        let null = Path::new("/dev/null").metadata().unwrap();
        assert!(null.file_type().is_char_device());
        assert!(at("nothing").is_symlink());
        assert!(write_file(root.path(), b"a directory").is_err());
    }

    #[test]
    fn a_directory_that_is_a_file_is_refused_before_work_starts() {
        let root = tempfile::tempdir().unwrap();
        let taken = root.path().join("taken");
        std::fs::write(&taken, b"").unwrap();
        let error = prepare(&taken).unwrap_err();
        assert_eq!(error.path, taken);
        assert!(error.to_string().contains("taken"));
        assert!(prepare(&taken.join("below")).is_err());
    }

    #[test]
    fn a_file_that_is_a_directory_is_refused_before_work_starts() {
        let root = tempfile::tempdir().unwrap();
        let at = |name: &str| root.path().join(name);
        for wrong in [root.path(), &at("new/"), &at(".."), Path::new("")] {
            let error = prepare_file(wrong).unwrap_err();
            assert!(error.to_string().contains("a directory"), "{error}");
        }
        assert!(!at("new").exists());
        std::fs::write(at("taken"), b"old").unwrap();
        assert!(prepare_file(&at("taken/x.json")).is_err());
        prepare_file(&at("taken")).unwrap();
        assert_eq!(std::fs::read(at("taken")).unwrap(), b"old");
        prepare_file(&at("new/x.json")).unwrap();
        assert_eq!(std::fs::read_dir(at("new")).unwrap().count(), 0);
    }

    #[cfg(unix)]
    #[test]
    fn devices_need_no_preparation() {
        let root = tempfile::tempdir().unwrap();
        let link = root.path().join("nothing");
        std::os::unix::fs::symlink("/dev/null", &link).unwrap();
        prepare_file(&link).unwrap();
        prepare_file(Path::new("/dev/null")).unwrap();
    }

    #[test]
    fn preparing_leaves_an_empty_directory() {
        let root = tempfile::tempdir().unwrap();
        let dir = root.path().join("out");
        prepare(&dir).unwrap();
        assert_eq!(std::fs::read_dir(&dir).unwrap().count(), 0);
    }

    #[cfg(unix)]
    #[test]
    fn others_may_read_what_was_written() {
        use std::os::unix::fs::PermissionsExt;
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("open");
        write_file(&path, b"x").unwrap();
        let plain = root.path().join("plain");
        std::fs::write(&plain, b"x").unwrap();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode(&path), mode(&plain));
    }
}
