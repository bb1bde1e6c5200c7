using System.Net.Http.Headers;
using Nines.Composition;
using Nines.Control.Admin;
using Nines.Control.Identity;
using Nines.Wire;
using Nines.Wire.Protocols;
using Nines.Wire.Schemas;
using Nines.Wire.Signing;

namespace Nines.Client;

/// <summary>Calls a running cloud as any AWS client does: through its public API, with signed requests.</summary>
internal sealed class CloudClient : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);
    private readonly SocketsHttpHandler _transport = new();
    private readonly Dictionary<string, HttpClient> _services = [];
    private readonly Uri _address;
    private readonly Credentials _credentials;
    private readonly string _region;

    public CloudClient(Endpoint endpoint, RootCredentials root)
    {
        _address = new Uri(endpoint.Url);
        _credentials = root.Credentials;
        _region = root.Region;
        Admin = new AdminClient(_address, root, TimeProvider.System);
    }

    /// <summary>What only the owner of the cloud may ask.</summary>
    public AdminClient Admin { get; }

    /// <summary>A client of the cloud that runs with this state.</summary>
    public static CloudClient Connect(CloudPaths state) => new(Endpoint.GetRunning(state), RootKeys.Read(state));

    /// <summary>Calls one operation.</summary>
    /// <exception cref="AwsException">The cloud refused, with AWS's code and message.</exception>
    public async Task<TOut> CallAsync<TIn, TOut>(Operation<TIn, TOut> operation, TIn input, CancellationToken cancellationToken)
        where TIn : IShape<TIn>
        where TOut : IShape<TOut>
    {
        var protocol = WireProtocol.For(operation.Service.Protocol);
        var written = protocol.WriteInput(operation, input);
        using var request = new HttpRequestMessage(new HttpMethod(written.Method), written.Path) { Content = new ReadOnlyMemoryContent(written.Body) };
        if (written.Headers.Find("content-type") is { } contentType)
        {
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        }

        using var answer = await SendAsync(Http(operation.Service.SigningName), request, cancellationToken);
        var body = new PooledBuffer();
        using var response = new WireResponse((int)answer.StatusCode, body);
        body.Append(await answer.Content.ReadAsByteArrayAsync(cancellationToken));
        return (TOut)protocol.ReadOutput(operation, response);
    }

    public void Dispose()
    {
        Admin.Dispose();
        foreach (var http in _services.Values)
        {
            http.Dispose();
        }

        _transport.Dispose();
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpClient http, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await http.SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException e)
        {
            throw new UserException($"the cloud at {http.BaseAddress} does not answer: {e.Message}", ExitCode.Unavailable);
        }
    }

    private HttpClient Http(string signingName)
    {
        if (!_services.TryGetValue(signingName, out var http))
        {
            var signer = new SigningHandler(new RequestSigner(_credentials, _region, signingName), _credentials, TimeProvider.System, _transport);
            http = new HttpClient(signer, disposeHandler: false) { BaseAddress = _address, Timeout = Timeout };
            _services.Add(signingName, http);
        }

        return http;
    }
}
