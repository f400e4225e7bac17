//! Modules to bytes: format, mask, Reed-Solomon and segments by rqrr, within the capacity of error correction.
//!
//! Not its job: pixels. rqrr gives bytes as encoded and skips character-set marks (ECI); what it has no words for
//! (FNC1, structured append, Hanzi) and what is too large for it rxing decodes, which gives bytes too. Every call is
//! guarded, every matrix has the size of a version 1 to 40.

use rqrr::{DeQRError, Grid, SimpleGrid};
use rxing::common::BitMatrix;
use rxing::common::reedsolomon::{PredefinedGenericGF, ReedSolomonDecoder};
use rxing::qrcode::decoder::{BitMatrixParser, DataBlock};

use crate::locate::guarded;
use crate::{Correction, EcLevel};

/// rqrr decodes up to this version. Undamaged, it takes 0.4 ms at version 4, 0.8 at 7, 5 at 15 and 21 at 40, more if
/// there are errors; rxing takes 0.02 to 0.9 (x86-64, November 2026). A live frame has no more than a few to spend.
const RQRR_VERSIONS: u8 = 10;

/// What a module matrix says.
pub(crate) struct Decoded {
    /// Never empty.
    pub(crate) bytes: Vec<u8>,
    pub(crate) version: u8,
    pub(crate) ec_level: EcLevel,
    pub(crate) correction: Correction,
    pub(crate) mirrored: bool,
}

/// Decodes a matrix, as it is or mirrored; `None` unless every block could be corrected and something is in it.
pub(crate) fn decode(modules: &BitMatrix, caught: &mut u32) -> Option<Decoded> {
    let size = modules.width();
    if modules.height() != size || !(21..=177).contains(&size) || size % 4 != 1 {
        return None;
    }
    let version = ((size - 17) / 4) as u8;
    // Counting the errors first costs a twentieth of rqrr's correction (0.04 against 0.8 ms for a version 7 without
    // errors; x86-64, November 2026), so matrices that hold no code are turned away here. What passes was corrected
    // twice, by two independent decoders.
    let upright = guarded(caught, || audit(modules.clone())).map(|c| (c, false));
    let (correction, mirrored) =
        upright.or_else(|| guarded(caught, || audit(transposed(modules)?)).map(|c| (c, true)))?;
    let (bytes, ec_level) = if version > RQRR_VERSIONS {
        guarded(caught, || by_rxing(modules))?
    } else {
        match guarded(caught, || Some(by_rqrr(modules)))? {
            Ok(read) => read,
            Err(DeQRError::UnknownDataType) => guarded(caught, || by_rxing(modules))?,
            Err(_) => return None,
        }
    };
    (!bytes.is_empty()).then_some(Decoded { bytes, version, ec_level, correction, mirrored })
}

fn by_rqrr(modules: &BitMatrix) -> Result<(Vec<u8>, EcLevel), DeQRError> {
    let grid = SimpleGrid::from_func(modules.width() as usize, |x, y| modules.get(x as u32, y as u32));
    let mut bytes = Vec::new();
    let meta = Grid::new(grid).decode_to(&mut bytes)?;
    // The two bits of the format information, ISO/IEC 18004 table 12.
    let level = match meta.ecc_level {
        0 => EcLevel::Medium,
        1 => EcLevel::Low,
        2 => EcLevel::High,
        _ => EcLevel::Quartile,
    };
    Ok((bytes, level))
}

fn by_rxing(modules: &BitMatrix) -> Option<(Vec<u8>, EcLevel)> {
    let result = rxing::qrcode::cpp_port::decoder::Decode(modules).ok()?;
    if !result.isValid() {
        return None;
    }
    let level = match result.ecLevel() {
        "L" => EcLevel::Low,
        "M" => EcLevel::Medium,
        "Q" => EcLevel::Quartile,
        "H" => EcLevel::High,
        _ => return None,
    };
    Some((result.content().bytes().to_vec(), level))
}

/// Counts the wrong codewords of a matrix that stands this way round; `None` if some block cannot be corrected.
fn audit(modules: BitMatrix) -> Option<Correction> {
    let mut parser = BitMatrixParser::new(modules).ok()?;
    let version = parser.readVersion().ok()?;
    let level = parser.readFormatInformation().ok()?.getErrorCorrectionLevel();
    let codewords = parser.readCodewords().ok()?;
    let blocks = DataBlock::getDataBlocks(&codewords, version, level).ok()?;
    let corrector = ReedSolomonDecoder::new(PredefinedGenericGF::QrCodeField256.into());
    let mut sum = Correction { errors: 0, capacity: 0 };
    for block in &blocks {
        let mut words = block.getCodewords().to_vec();
        let spare = words.len() as u32 - block.getNumDataCodewords();
        sum.errors += corrector.decode(&mut words, spare as i32).ok()? as u32;
        sum.capacity += spare / 2;
    }
    Some(sum)
}

fn transposed(modules: &BitMatrix) -> Option<BitMatrix> {
    let size = modules.width();
    let mut turned = BitMatrix::new(size, size).ok()?;
    for y in 0..size {
        for x in 0..size {
            turned.set_bool(y, x, modules.get(x, y));
        }
    }
    Some(turned)
}
