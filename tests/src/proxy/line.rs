//! One way of one connection: reads, lets the toxics decide when and whether the bytes arrive, writes.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use super::{Shared, Toxic, Way, reset};
use crate::random::Moments;

/// What a packet carries: the usual Ethernet frame without its headers.
const PACKET: usize = 1448;
/// What may be on its way at once, in reads of [`READ`] bytes: wide, so that latency alone does not cost throughput.
const ON_THE_WAY: usize = 256;
/// Bytes of one read.
const READ: usize = 16 * 1024;

/// What comes of some bytes.
enum Fate {
    Arrive(Instant),
    Vanish,
    Close,
    HalfClose,
    Reset,
}

pub(super) struct Line {
    pub(super) shared: Arc<Shared>,
    pub(super) way: Way,
    pub(super) from: TcpStream,
    pub(super) to: TcpStream,
    /// When the connection stands; who sends earlier only thinks so.
    pub(super) begun: Instant,
    /// Nothing arrives earlier: bytes do not overtake each other.
    pub(super) free: Instant,
    /// Bytes of this connection that passed.
    pub(super) passed: u64,
    pub(super) chance: Moments,
}

impl Line {
    /// Until the sender ends, a toxic does, or the other side is gone.
    pub(super) fn carry(mut self) {
        let Ok(from) = self.from.try_clone() else { return };
        for (at, bytes) in read_ahead(from) {
            for packet in bytes.chunks(PACKET) {
                if !self.take(at, packet) {
                    return;
                }
            }
        }
        thread::sleep(self.delay_of_end());
        let _ = self.to.shutdown(Shutdown::Write);
    }

    /// Whether the way stays open.
    fn take(&mut self, at: Instant, packet: &[u8]) -> bool {
        let toxics = self.shared.toxics_of(self.way);
        match self.fate(at, packet.len(), &toxics) {
            Fate::Arrive(due) => {
                self.free = due;
                thread::sleep(due.saturating_duration_since(Instant::now()));
                self.write(packet, &toxics)
            }
            Fate::Vanish => true,
            Fate::Close => {
                self.end(|stream| drop(stream.shutdown(Shutdown::Both)));
                false
            }
            Fate::HalfClose => {
                let _ = self.to.shutdown(Shutdown::Write);
                // The sender may go on speaking; nobody listens.
                true
            }
            Fate::Reset => {
                self.end(reset);
                false
            }
        }
    }

    fn fate(&mut self, at: Instant, bytes: usize, toxics: &[Toxic]) -> Fate {
        let (mut due, mut stall) = (at.max(self.begun), Duration::ZERO);
        for toxic in toxics {
            match *toxic {
                Toxic::Latency { delay, jitter } => {
                    let more = self.chance.up_to(jitter.as_micros() as u64 + 1);
                    due += delay + Duration::from_micros(more);
                }
                Toxic::Bandwidth { bytes: a_second } => {
                    stall += Duration::from_secs_f64(bytes as f64 / a_second as f64);
                }
                Toxic::Loss { percent, stall: repeat } => {
                    if self.chance.up_to(100) < percent {
                        stall += repeat;
                    }
                }
                Toxic::Timeout { close: None } => return Fate::Vanish,
                Toxic::Timeout { close: Some(after) } => {
                    thread::sleep((at + after).saturating_duration_since(Instant::now()));
                    return Fate::Close;
                }
                Toxic::ResetPeer { after } => {
                    thread::sleep((at + after).saturating_duration_since(Instant::now()));
                    return Fate::Reset;
                }
                Toxic::LimitData { bytes } if self.passed >= bytes => return Fate::Close,
                Toxic::HalfClose { bytes } if self.passed >= bytes => return Fate::HalfClose,
                Toxic::LimitData { .. }
                | Toxic::HalfClose { .. }
                | Toxic::SlowClose { .. }
                | Toxic::Slicer { .. } => {}
            }
        }
        Fate::Arrive(due.max(self.free) + stall)
    }

    /// Whether they went out. What a limit leaves of them is written, the rest is not.
    fn write(&mut self, packet: &[u8], toxics: &[Toxic]) -> bool {
        let limit = toxics.iter().find_map(|toxic| match *toxic {
            Toxic::LimitData { bytes } | Toxic::HalfClose { bytes } => Some(bytes - self.passed),
            _ => None,
        });
        let within = &packet[..packet.len().min(limit.unwrap_or(u64::MAX) as usize)];
        self.passed += within.len() as u64;
        self.shared.passed(self.way).fetch_add(within.len() as u64, Ordering::SeqCst);
        let slices = toxics.iter().find_map(|toxic| match *toxic {
            Toxic::Slicer { bytes, pause } => Some((bytes, pause)),
            _ => None,
        });
        let (size, pause) = slices.unwrap_or((PACKET, Duration::ZERO));
        for piece in within.chunks(size) {
            if self.to.write_all(piece).is_err() {
                // The receiver is gone; who still sends has to hear of it.
                let _ = self.from.shutdown(Shutdown::Both);
                return false;
            }
            thread::sleep(pause);
        }
        if within.len() < packet.len() {
            // The limit lies inside this packet: it shows at once, not with the next one.
            return self.take(Instant::now(), &packet[within.len()..]);
        }
        true
    }

    fn end(&self, how: fn(&TcpStream)) {
        how(&self.from);
        how(&self.to);
    }

    fn delay_of_end(&self) -> Duration {
        let toxics = self.shared.toxics_of(self.way);
        let end = toxics.iter().find_map(|toxic| match *toxic {
            Toxic::SlowClose { delay } => Some(delay),
            _ => None,
        });
        end.unwrap_or_default() + toxics.iter().map(|toxic| toxic.latency()).sum::<Duration>()
    }
}

/// What comes, with the moment it came, read while earlier bytes are still on their way.
fn read_ahead(mut from: TcpStream) -> Receiver<(Instant, Vec<u8>)> {
    let (queue, arrived) = sync_channel(ON_THE_WAY);
    thread::spawn(move || {
        let mut buffer = vec![0; READ];
        while let Ok(count @ 1..) = from.read(&mut buffer) {
            if queue.send((Instant::now(), buffer[..count].to_vec())).is_err() {
                return;
            }
        }
    });
    arrived
}
