//! A closed-loop HTTP/1.1 client: each connection sends a request, waits for the whole answer, sends the next. It reads
//! whole requests from a file, each with its length (4 bytes, little endian) in front, and sends each once, or goes round
//! for a number of requests. Prints one JSON object: requests a second, latencies in microseconds, and the count of each status.
//!
//! `load HOST:PORT FILE CLIENTS [REQUESTS]`
use std::{
    collections::BTreeMap,
    env, fs,
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    process::ExitCode,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::Instant,
};

struct Done {
    status: u16,
    microseconds: u128,
}

fn main() -> ExitCode {
    match run() {
        Ok(line) => {
            println!("{line}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("load: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> io::Result<String> {
    let args: Vec<String> = env::args().skip(1).collect();
    let [address, file, clients, rest @ ..] = args.as_slice() else {
        return Err(io::Error::other("load HOST:PORT FILE CLIENTS [REQUESTS]"));
    };
    let requests = split(&fs::read(file)?)?;
    let number = |text: &String| text.parse::<usize>().map_err(io::Error::other);
    let (clients, total) = (number(clients)?, rest.first().map_or(Ok(requests.len()), number)?);
    // Connections are made before the clock starts.
    let streams: Vec<TcpStream> = (0..clients).map(|_| TcpStream::connect(address)).collect::<Result<_, _>>()?;
    let next = AtomicUsize::new(0);
    let started = Instant::now();
    let results = thread::scope(|scope| {
        let workers: Vec<_> =
            streams.into_iter().map(|stream| scope.spawn(|| client(stream, &requests, &next, total))).collect();
        workers.into_iter().map(|w| w.join().unwrap_or_else(|_| Err(io::Error::other("a client died")))).collect::<Vec<_>>()
    });
    let seconds = started.elapsed().as_secs_f64();
    let mut all = Vec::with_capacity(total);
    for result in results {
        all.extend(result?);
    }
    Ok(report(&mut all, seconds))
}

fn split(mut bytes: &[u8]) -> io::Result<Vec<Vec<u8>>> {
    let mut requests = Vec::new();
    while !bytes.is_empty() {
        let mut length = [0; 4];
        bytes.read_exact(&mut length)?;
        let mut request = vec![0; u32::from_le_bytes(length) as usize];
        bytes.read_exact(&mut request)?;
        requests.push(request);
    }
    if requests.is_empty() { Err(io::Error::other("no requests")) } else { Ok(requests) }
}

fn client(stream: TcpStream, requests: &[Vec<u8>], next: &AtomicUsize, total: usize) -> io::Result<Vec<Done>> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::with_capacity(64 * 1024, stream.try_clone()?);
    let (mut stream, mut done, mut body) = (stream, Vec::new(), Vec::new());
    loop {
        let n = next.fetch_add(1, Ordering::Relaxed);
        if n >= total {
            return Ok(done);
        }
        let started = Instant::now();
        stream.write_all(&requests[n % requests.len()])?;
        let status = answer(&mut reader, &mut body)?;
        done.push(Done { status, microseconds: started.elapsed().as_micros() });
    }
}

/// Reads one whole answer, of known length or chunked.
fn answer(reader: &mut BufReader<TcpStream>, body: &mut Vec<u8>) -> io::Result<u16> {
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let status = line.split(' ').nth(1).and_then(|s| s.parse().ok()).ok_or_else(|| io::Error::other("no status"))?;
    let (mut length, mut chunked) = (0, false);
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        let header = line.trim_end().to_ascii_lowercase();
        if header.is_empty() {
            break;
        }
        if let Some(value) = header.strip_prefix("content-length:") {
            length = value.trim().parse().map_err(io::Error::other)?;
        }
        chunked |= header == "transfer-encoding: chunked";
    }
    if !chunked {
        read_exactly(reader, body, length)?;
        return Ok(status);
    }
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        let size = usize::from_str_radix(line.trim_end(), 16).map_err(io::Error::other)?;
        read_exactly(reader, body, size + 2)?;
        if size == 0 {
            return Ok(status);
        }
    }
}

fn read_exactly(reader: &mut impl io::Read, body: &mut Vec<u8>, length: usize) -> io::Result<()> {
    body.resize(length, 0);
    reader.read_exact(body)
}

fn report(all: &mut [Done], seconds: f64) -> String {
    all.sort_by_key(|done| done.microseconds);
    let at = |share: f64| all.get(((all.len() as f64 * share) as usize).min(all.len() - 1)).map_or(0, |d| d.microseconds);
    let mut statuses = BTreeMap::new();
    for done in &*all {
        *statuses.entry(done.status).or_insert(0) += 1;
    }
    let statuses: Vec<String> = statuses.iter().map(|(status, count)| format!("\"{status}\":{count}")).collect();
    format!(
        "{{\"requests\":{},\"rps\":{:.1},\"p50\":{},\"p99\":{},\"statuses\":{{{}}}}}",
        all.len(),
        all.len() as f64 / seconds,
        at(0.5),
        at(0.99),
        statuses.join(",")
    )
}
