//! From floating point to the file that the scanner holds: eight bits a weight, a step for each output.

use crate::net::{LAYERS, Net};

/// Samples that a deviation of one is, as the scanner's cells have it.
const SAMPLE: f32 = 40.0;

/// Activation that a value of one is.
const ACTIVATION: f32 = 128.0;

/// Steps of a natural logarithm.
const LOG_STEPS: f32 = 256.0;

/// Bits that the scanner shifts a layer's steps by.
const STEP_BITS: u32 = 20;

/// Largest weight.
const MOST: f32 = 127.0;

/// The file: head, then layer by layer the outputs. `temperature` divides the logits.
pub(crate) fn file(net: &Net, temperature: f32) -> Vec<u8> {
    let mut body = Vec::new();
    let last = LAYERS.len() - 1;
    for (nth, (inputs, outputs)) in LAYERS.into_iter().enumerate() {
        let (weights, bias) = net.layer(nth);
        let unit_in = if nth == 0 { SAMPLE } else { ACTIVATION };
        let unit_out = if nth == last { LOG_STEPS / temperature } else { ACTIVATION };
        for output in 0..outputs {
            let column = (0..inputs).map(|input| weights[input * outputs + output]);
            let most = column.clone().fold(1e-6_f32, |most, w| most.max(w.abs()));
            let step = most / MOST;
            // What the whole-number sum is worth in the unit of the outputs.
            let worth = step / unit_in * unit_out * (1_u32 << STEP_BITS) as f32;
            body.extend((worth.round() as i32).to_le_bytes());
            body.extend(((bias[output] * unit_in / step).round() as i32).to_le_bytes());
            body.extend(column.map(|w| (w / step).round() as i8 as u8));
        }
    }
    let mut file = b"MRZG\x01\0\0\0".to_vec();
    file.extend(fnv(&body).to_le_bytes());
    file.extend(body);
    file
}

/// FNV-1a, which the scanner checks while compiling.
fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}
