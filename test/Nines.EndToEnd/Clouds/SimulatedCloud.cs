using Microsoft.Extensions.Logging.Abstractions;
using Nines.Composition;
using Nines.EndToEnd.Clients;
using Nines.EndToEnd.Clouds;

[assembly: AssemblyFixture(typeof(SimulatedCloud))]

namespace Nines.EndToEnd.Clouds;

/// <summary>One cloud over hosts in memory that all tests of the API share; each test minds only what it made itself.</summary>
public sealed class SimulatedCloud : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private CloudHost? _cloud;

    internal string Url => _cloud!.Url;

    internal IReadOnlyDictionary<string, string> Environment => ClientEnvironment.For(_cloud!.Root);

    internal AwsCli Aws => new(Url, Environment);

    internal Boto3 Boto => new(Url, Environment);

    internal JavaScriptSdk JavaScript => new(Url, Environment);

    public async ValueTask InitializeAsync() => _cloud = await CloudHost.StartAsync(
        new CloudOptions { State = new CloudPaths(_folder.Path), Port = 0, SimulatedHosts = 3 },
        NullLoggerFactory.Instance,
        CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        if (_cloud is not null)
        {
            await _cloud.DisposeAsync();
        }

        _folder.Dispose();
    }
}
