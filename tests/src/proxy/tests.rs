//! Each toxic does what its name says: a test that nothing harms proves nothing.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::Shutdown;

use super::*;

const fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// A server that says back what it hears, and good-bye when it heard the end.
fn echo() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for mut client in listener.incoming().map_while(Result::ok) {
            thread::spawn(move || {
                let mut buffer = [0; 4096];
                while let Ok(count @ 1..) = client.read(&mut buffer) {
                    if client.write_all(&buffer[..count]).is_err() {
                        return;
                    }
                }
                let _ = client.write_all(b"bye");
            });
        }
    });
    format!("https://{address}")
}

fn through(toxics: &[(Way, Toxic)]) -> (Proxy, TcpStream) {
    let proxy = Proxy::before(&echo(), 1);
    proxy.set(toxics);
    let stream = TcpStream::connect(proxy.address).unwrap();
    stream.set_read_timeout(Some(ms(1_500))).unwrap();
    (proxy, stream)
}

/// Says so many bytes, hears them back, and how long that took.
fn round(stream: &mut TcpStream, bytes: usize) -> io::Result<Duration> {
    let begun = Instant::now();
    stream.write_all(&vec![7; bytes])?;
    let mut heard = vec![0; bytes];
    stream.read_exact(&mut heard)?;
    assert_eq!(heard, vec![7; bytes]);
    Ok(begun.elapsed())
}

#[test]
fn without_a_toxic_everything_passes_and_is_counted() {
    let (proxy, mut stream) = through(&[]);
    assert!(round(&mut stream, 5_000).is_ok());
    assert_eq!((proxy.bytes(), proxy.connections()), (10_000, 1));
    stream.shutdown(Shutdown::Write).unwrap();
    let mut rest = String::new();
    stream.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "bye");
}

#[test]
fn what_is_slow_is_as_slow_as_it_was_told() {
    let latency = Toxic::Latency { delay: ms(60), jitter: Duration::ZERO };
    for (toxic, least) in [
        // Connecting, there, and nothing on the way back.
        (latency, ms(120)),
        (Toxic::Bandwidth { bytes: 10_000 }, ms(290)),
        (Toxic::Slicer { bytes: 300, pause: ms(20) }, ms(200)),
        (Toxic::Loss { percent: 100, stall: ms(70) }, ms(210)),
    ] {
        let (_proxy, mut stream) = through(&[(Way::Up, toxic)]);
        let took = round(&mut stream, 3_000).unwrap();
        assert!(took >= least, "{toxic:?}: {took:?}");
    }
}

#[test]
fn a_black_hole_swallows_and_a_healed_one_does_not() {
    let (proxy, mut stream) = through(&[(Way::Down, Toxic::Timeout { close: None })]);
    let silent = round(&mut stream, 10).unwrap_err().kind();
    assert!(matches!(silent, ErrorKind::WouldBlock | ErrorKind::TimedOut), "{silent}");
    proxy.heal();
    assert!(round(&mut stream, 10).is_ok());
    proxy.set(&[(Way::Up, Toxic::Timeout { close: Some(ms(50)) })]);
    assert!(round(&mut stream, 10).is_err());
}

#[test]
fn a_reset_is_seen_as_one() {
    let (_proxy, mut stream) = through(&[(Way::Up, Toxic::ResetPeer { after: ms(20) })]);
    assert_eq!(round(&mut stream, 10).unwrap_err().kind(), ErrorKind::ConnectionReset);
    let (proxy, mut stream) = through(&[]);
    assert!(round(&mut stream, 10).is_ok());
    proxy.reset_all();
    assert!(round(&mut stream, 10).is_err());
}

#[test]
fn limits_let_through_as_much_as_they_say() {
    let (proxy, mut stream) = through(&[(Way::Down, Toxic::LimitData { bytes: 1_000 })]);
    assert!(round(&mut stream, 3_000).is_err());
    assert_eq!(proxy.shared.passed(Way::Down).load(Ordering::SeqCst), 1_000);
    // Half closed: the server hears the end, and its answers still come.
    let (_proxy, mut stream) = through(&[(Way::Up, Toxic::HalfClose { bytes: 1_000 })]);
    stream.write_all(&[7; 3_000]).unwrap();
    let mut heard = Vec::new();
    stream.read_to_end(&mut heard).unwrap();
    assert_eq!((heard.len(), &heard[1_000..]), (1_003, b"bye".as_slice()));
}

#[test]
fn a_slow_close_ends_later() {
    let (_proxy, mut stream) = through(&[(Way::Up, Toxic::SlowClose { delay: ms(150) })]);
    stream.shutdown(Shutdown::Write).unwrap();
    let begun = Instant::now();
    let mut rest = String::new();
    stream.read_to_string(&mut rest).unwrap();
    assert!(begun.elapsed() >= ms(150) && rest == "bye");
}
