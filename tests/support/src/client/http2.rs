//! HTTP/2 without TLS, for gRPC among others.

use std::{net::SocketAddr, time::Duration};

use bytes::Bytes;
use h2::{
    Reason,
    client::{self, SendRequest},
};
use http::Request;
use tokio::{net::TcpStream, runtime::Builder, time::timeout};

use super::Response;

const TIMEOUT: Duration = Duration::from_secs(10);

/// Sends a request with its body on a connection of its own; trailers are added to the
/// headers of the response.
pub fn fetch(address: SocketAddr, request: Request<&'static str>) -> Response {
    fetch_all(address, [request]).remove(0)
}

/// Sends requests on one connection, each after the response to the one before, until the server
/// bids farewell: what it has not answered by then it has not taken.
pub fn fetch_all(
    address: SocketAddr,
    requests: impl IntoIterator<Item = Request<&'static str>>,
) -> Vec<Response> {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let exchanges = async {
        let stream = TcpStream::connect(address).await.unwrap();
        let (sender, connection) = client::handshake(stream).await.unwrap();
        tokio::spawn(connection);
        let mut responses = Vec::new();
        for request in requests {
            let exchanged = async {
                let mut sender = sender.clone().ready().await?;
                exchange(&mut sender, request).await
            };
            match exchanged.await {
                Ok(response) => responses.push(response),
                Err(error) if error.is_go_away() && error.reason() == Some(Reason::NO_ERROR) => {
                    break;
                }
                Err(error) => panic!("{error}"),
            }
        }
        responses
    };
    runtime
        .block_on(async { timeout(TIMEOUT, exchanges).await })
        .expect("no response")
}

/// Sends a request with its body on a connection that is ready for it; trailers are
/// added to the headers of the response.
///
/// # Errors
/// There is no whole response.
pub async fn exchange(
    sender: &mut SendRequest<Bytes>,
    request: Request<impl Into<Bytes>>,
) -> Result<Response, h2::Error> {
    let (head, body) = request.into_parts();
    let body = body.into();
    let (response, mut upload) =
        sender.send_request(Request::from_parts(head, ()), body.is_empty())?;
    if !body.is_empty() {
        upload.send_data(body, true)?;
    }
    let (head, mut stream) = response.await?.into_parts();
    let mut body = Vec::new();
    while let Some(data) = stream.data().await {
        let data = data?;
        stream.flow_control().release_capacity(data.len())?;
        body.extend_from_slice(&data);
    }
    let trailers = stream.trailers().await?.unwrap_or_default();
    let headers = head
        .headers
        .iter()
        .chain(&trailers)
        .map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            (name.to_string(), value)
        })
        .collect();
    Ok(Response {
        status: head.status.as_u16(),
        headers,
        body,
    })
}
