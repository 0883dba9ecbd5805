//! Tables of a district as CSV files, read into one import: from a folder when a network is
//! founded, from the control interface at any time afterwards. Every mistake is named with file,
//! line, column and remedy; one mistake and nothing is imported. What a line may say is `lines`'.
//!
//! ```text
//! towns.csv     code,name,lon,lat,parent          → places; without parent: in the district
//! units.csv     code,name,kind,place,people       → units; kind: centre forward town team depot …
//! teams.csv     id,name,people                    → units of kind team
//! items.csv     item,name,unit                    → items
//! depots.csv    code,name,custodian,lon,lat       → depots
//! persons.csv   name,unit                         → persons; without unit: of the first unit
//! templates.csv template,zh,en,fields             → order templates; fields: names of the blanks
//!                                                   with `:number`, `:place`, `:unit`, else text
//! posts.csv     code,name,unit,primary,stand_in   → posts; persons by name
//! plans.csv     code,name,text                    → plan texts
//! cards.csv     code,place,people,when,who,leader,to,care → evacuation cards
//! duty.csv      post,day,shift,person             → duty lists
//! ```
//!
//! Places, units, items and depots may have a column `aliases`: other codes, blanks between them.
//! Every file may be absent; further columns are passed over.

mod lines;
pub mod table;

use std::path::{Path, PathBuf};

use sanduan_protocol::base::caps::TABLES_BYTES_MAX;
use sanduan_protocol::field::directory::draft::{Import, ImportError, Sheet};
use sanduan_protocol::local::request::{TABLE_FILES, TableFile};
use sanduan_protocol::local::{Refusal, RefusalCode};

use crate::said::Said;
use table::{Mistakes, Table};

/// Where the files are.
#[derive(Clone, Copy, Debug)]
enum Source<'a> {
    Folder(&'a Path),
    Files(&'a [TableFile]),
}

/// Read the tables in `folder`. Places belong to the district of this code, and so do units whose
/// table names no place.
///
/// # Errors
/// Every mistake of every file, up to a limit.
pub fn read(folder: &Path, district: &str) -> Result<Import, Said> {
    if !folder.is_dir() {
        let folder = folder.display();
        return Err(Said::new(
            format!("没有目录 {folder}:请检查 --import 的路径"),
            format!("there is no folder {folder}: check the path of --import"),
        ));
    }
    read_from(Source::Folder(folder), district, Mistakes::default())
}

/// Read tables that were handed over, as [`read`].
///
/// # Errors
/// As [`read`]; a file that is none of the tables, too many bytes, or no file at all.
pub fn read_files(files: &[TableFile], district: &str) -> Result<Import, Refusal> {
    let mut mistakes = Mistakes::default();
    let known = TABLE_FILES.join(", ");
    for (at, file) in files.iter().enumerate() {
        if !TABLE_FILES.contains(&file.name.as_str()) {
            mistakes.add_file(
                &file.name,
                &format!("不是名录表格；文件名须为以下之一：{known}"),
                &format!("is no table of the directory; name it one of {known}"),
            );
        } else if files[..at].iter().any(|other| other.name == file.name) {
            mistakes.add_file(&file.name, "给了两次，请只给一份", "was given twice; give one");
        }
    }
    if files.is_empty() {
        mistakes.add_file(
            "-",
            &format!("没有表格；可用的文件名：{known}"),
            &format!("no table was given; there may be {known}"),
        );
    }
    if files.iter().map(|file| file.text.len()).sum::<usize>() > TABLES_BYTES_MAX {
        mistakes.add_file(
            "*",
            &format!("合计超过 {TABLES_BYTES_MAX} 字节，请分几次导入"),
            &format!("all of it is longer than {TABLES_BYTES_MAX} bytes; import it in parts"),
        );
        // What is too long is not read.
        return refused(mistakes.into_result().map(|()| Import::default()));
    }
    refused(read_from(Source::Files(files), district, mistakes))
}

fn refused(read: Result<Import, Said>) -> Result<Import, Refusal> {
    read.map_err(|said| Refusal::new(RefusalCode::BadValue, said.zh, said.en))
}

fn read_from(source: Source<'_>, district: &str, mut mistakes: Mistakes) -> Result<Import, Said> {
    let mut import = Import { district: district.to_owned(), ..Import::default() };
    for sheet in Sheet::ALL {
        let Some(table) = source.table(sheet, &mut mistakes) else { continue };
        import.sheets.insert(sheet);
        for row in table.rows() {
            lines::take(sheet, &row, district, &mut import, &mut mistakes);
        }
    }
    mistakes.into_result().map(|()| import)
}

impl Source<'_> {
    fn table(self, sheet: Sheet, mistakes: &mut Mistakes) -> Option<Table> {
        let (name, needed) = (sheet.file_name(), lines::needed(sheet));
        match self {
            Source::Folder(folder) => Table::read(&folder.join(name), needed, mistakes),
            Source::Files(files) => {
                let file = files.iter().find(|file| file.name == name)?;
                Table::parse(&PathBuf::from(name), file.text.as_bytes(), needed, mistakes)
            }
        }
    }
}

/// What the lists as a whole refuse, with the folder that they came from.
pub fn said(folder: &Path, errors: &[ImportError]) -> Said {
    let mut lines_zh = vec!["未导入任何内容:".to_owned()];
    let mut lines_en = vec!["Nothing was imported:".to_owned()];
    for error in errors {
        let (path, row) = (folder.join(error.sheet.file_name()), error.row);
        lines_zh.push(format!("{}:{row}: {}", path.display(), error.what_zh()));
        lines_en.push(format!("{}:{row}: {}", path.display(), error.what_en()));
    }
    Said::new(lines_zh.join("\n"), lines_en.join("\n"))
}

#[cfg(test)]
mod tests;
