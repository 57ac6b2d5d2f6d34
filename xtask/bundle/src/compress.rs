//! Each file in the forms in which the server may send it: as it is, compressed with brotli, and with gzip.
//!
//! The page is compressed only once, here, so the highest levels of both are worth their time.

use std::{collections::BTreeMap, fs, io::Write as _, path::Path, thread};

use anyhow::{Context as _, Result};
use flate2::{Compression, write::GzEncoder};

/// The endings of files that are already compressed and would get no smaller.
const COMPRESSED_ALREADY: [&str; 5] = ["png", "webp", "ico", "jpg", "woff2"];

const BROTLI_QUALITY: i32 = 11;

/// A file, with its compressed forms.
pub(crate) struct File {
    pub(crate) name: String,
    plain: Vec<u8>,
    /// The compressed forms; `None` if the file is already compressed.
    smaller: Option<Smaller>,
}

struct Smaller {
    brotli: Vec<u8>,
    gzip: Vec<u8>,
}

/// The sizes of a file's forms, in bytes.
pub(crate) struct Sizes {
    pub(crate) plain: usize,
    pub(crate) brotli: usize,
    pub(crate) gzip: usize,
}

/// Compresses the files, several at a time.
pub(crate) fn all(files: BTreeMap<String, Vec<u8>>) -> Vec<File> {
    thread::scope(|scope| {
        let files: Vec<_> =
            files.into_iter().map(|(name, plain)| scope.spawn(|| File::new(name, plain))).collect();
        let join = |file: thread::ScopedJoinHandle<'_, File>| {
            file.join().unwrap_or_else(|cause| std::panic::resume_unwind(cause))
        };
        files.into_iter().map(join).collect()
    })
}

impl File {
    fn new(name: String, plain: Vec<u8>) -> Self {
        let extension = Path::new(&name).extension().unwrap_or_default().to_string_lossy();
        let smaller = (!COMPRESSED_ALREADY.contains(&&*extension))
            .then(|| Smaller { brotli: brotli(&plain), gzip: gzip(&plain) });
        Self { name, plain, smaller }
    }

    pub(crate) fn sizes(&self) -> Sizes {
        let plain = self.plain.len();
        let (brotli, gzip) = self
            .smaller
            .as_ref()
            .map_or((plain, plain), |smaller| (smaller.brotli.len(), smaller.gzip.len()));
        Sizes { plain, brotli, gzip }
    }

    /// Writes `name`, `name.br` and `name.gz`.
    ///
    /// # Errors
    /// A file cannot be written.
    pub(crate) fn write(&self, folder: &Path) -> Result<()> {
        let write = |name: &str, bytes: &[u8]| {
            let path = folder.join(name);
            fs::write(&path, bytes).with_context(|| format!("{} cannot be written", path.display()))
        };
        write(&self.name, &self.plain)?;
        if let Some(Smaller { brotli, gzip }) = &self.smaller {
            write(&format!("{}.br", self.name), brotli)?;
            write(&format!("{}.gz", self.name), gzip)?;
        }
        Ok(())
    }
}

fn brotli(plain: &[u8]) -> Vec<u8> {
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: BROTLI_QUALITY,
        size_hint: plain.len(),
        ..Default::default()
    };
    let mut writer = brotli::CompressorWriter::with_params(Vec::new(), 4096, &parameters);
    // Writing to a vector cannot fail.
    drop(writer.write_all(plain));
    writer.into_inner()
}

fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut writer = GzEncoder::new(Vec::new(), Compression::best());
    // Writing to a vector cannot fail.
    drop(writer.write_all(plain));
    writer.finish().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn what_is_compressed_is_read_back() {
        let plain = include_bytes!("compress.rs");
        let (mut by_brotli, mut by_gzip) = (Vec::new(), Vec::new());
        brotli::Decompressor::new(brotli(plain).as_slice(), 4096).read_to_end(&mut by_brotli).unwrap();
        flate2::read::GzDecoder::new(gzip(plain).as_slice()).read_to_end(&mut by_gzip).unwrap();
        assert!(by_brotli == plain && by_gzip == plain);
    }
}
