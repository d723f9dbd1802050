//! The thief's view: everything that the server keeps on disk, read without its secrets.
use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use rusqlite::{Connection, types::ValueRef};

/// The state folder could not be read.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// A file.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// A database.
    #[error("{0}")]
    Sqlite(#[from] rusqlite::Error),
}

/// One value of one row.
#[derive(Debug, Clone)]
pub struct Value {
    /// Database file.
    pub file: PathBuf,
    /// Table and column, as in `registrations.descriptor`.
    pub column: String,
    /// The value: blobs and texts as they are, integers as 8 bytes big endian.
    pub bytes: Vec<u8>,
}

/// All files below `root`, sorted.
pub fn files(root: &Path) -> Result<Vec<PathBuf>, StorageError> {
    let (mut open, mut found) = (vec![root.to_owned()], Vec::new());
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() { open.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    Ok(found)
}

/// Opens a copy of a database that a server may still use: the file and its write-ahead log.
fn open_copy(file: &Path, into: &Path) -> Result<Connection, StorageError> {
    let copy = into.join("copy.sqlite");
    for suffix in ["", "-wal"] {
        let from = PathBuf::from(format!("{}{suffix}", file.display()));
        let to = PathBuf::from(format!("{}{suffix}", copy.display()));
        if from.exists() {
            fs::copy(from, to)?;
        } else if to.exists() {
            fs::remove_file(to)?;
        }
    }
    Ok(Connection::open(copy)?)
}

fn tables(db: &Connection) -> Result<Vec<String>, StorageError> {
    let mut statement = db.prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")?;
    let names = statement.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<_, _>>()?;
    Ok(names)
}

fn is_database(path: &Path) -> bool {
    path.extension().is_some_and(|e| e == "sqlite" || e == "db")
}

/// Every value of every row of every database below `state`.
pub fn values(state: &Path) -> Result<Vec<Value>, StorageError> {
    let mut out = Vec::new();
    for file in files(state)?.into_iter().filter(|p| is_database(p)) {
        let folder = tempfile::tempdir()?;
        let db = open_copy(&file, folder.path())?;
        for table in tables(&db)? {
            let mut statement = db.prepare(&format!("SELECT * FROM \"{table}\""))?;
            let columns: Vec<String> = statement.column_names().map(|c| format!("{table}.{c}")).collect();
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                for (index, column) in columns.iter().enumerate() {
                    let bytes = match row.get_ref(index)? {
                        ValueRef::Null => continue,
                        ValueRef::Integer(i) => i.to_be_bytes().to_vec(),
                        ValueRef::Real(r) => r.to_be_bytes().to_vec(),
                        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => bytes.to_vec(),
                    };
                    out.push(Value { file: file.clone(), column: column.clone(), bytes });
                }
            }
        }
    }
    Ok(out)
}

/// Rows of each table of each database below `state`, keyed `file:table`.
pub fn row_counts(state: &Path) -> Result<BTreeMap<String, u64>, StorageError> {
    let mut out = BTreeMap::new();
    for file in files(state)?.into_iter().filter(|p| is_database(p)) {
        let folder = tempfile::tempdir()?;
        let db = open_copy(&file, folder.path())?;
        for table in tables(&db)? {
            let rows: i64 =
                db.query_row(&format!("SELECT count(*) FROM \"{table}\""), [], |row| row.get(0))?;
            out.insert(format!("{}:{table}", file.display()), u64::try_from(rows).unwrap_or(0));
        }
    }
    Ok(out)
}
