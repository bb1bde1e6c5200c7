using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using Nines.Control.Gateway;
using Nines.Control.Identity;
using Nines.Control.Ids;
using Nines.Control.Secrets;
using Nines.Control.Store;
using Nines.Control.Store.Sqlite;
using Nines.EndToEnd.Clients;

namespace Nines.EndToEnd.Gateway;

/// <summary>The API with STS and nothing behind it, for real clients.</summary>
public sealed class ApiOnly : IAsyncLifetime
{
    private readonly SqliteStore _store = SqliteStore.OpenInMemory();
    private Cloud? _cloud;
    private IdentityServices? _identity;
    private GatewayServer? _gateway;

    /// <summary>What every client finds in its environment.</summary>
    internal Dictionary<string, string> Environment { get; private set; } = [];

    internal AwsCli Aws => new(Url, Environment);

    internal Boto3 Boto3 => new(Url, Environment);

    internal JavaScriptSdk JavaScript => new(Url, Environment);

    internal string Url => _gateway!.Endpoint.ToString();

    public async ValueTask InitializeAsync()
    {
        var cancel = TestContext.Current.CancellationToken;
        _cloud = await Cloud.OpenAsync(_store, IdentityTables.All, cancellationToken: cancel);
        _identity = await IdentityServices.OpenAsync(
            _cloud, RandomNumberGenerator.GetBytes(SecretBox.MasterKeyBytes), new IdentityOptions(), TimeProvider.System, cancel);
        _gateway = new GatewayBuilder
        {
            Options = new GatewayOptions { Port = 0 },
            Keys = _identity.Keys,
            Sessions = _identity.Sessions,
            Operations = [],
            Ids = new RandomIdSource(),
            Time = TimeProvider.System,
            Loggers = NullLoggerFactory.Instance,
        }.Build();
        await _gateway.StartAsync(cancel);
        Environment = EnvironmentOf(_identity.Root.Credentials.AccessKeyId, _identity.Root.Credentials.SecretAccessKey);
    }

    /// <summary>The environment of a client with these keys.</summary>
    internal static Dictionary<string, string> EnvironmentOf(string accessKeyId, string secret, string token = "") => new()
    {
        ["AWS_ACCESS_KEY_ID"] = accessKeyId,
        ["AWS_SECRET_ACCESS_KEY"] = secret,
        ["AWS_SESSION_TOKEN"] = token,
        ["AWS_REGION"] = "us-east-1",
        ["AWS_DEFAULT_REGION"] = "us-east-1",
        ["AWS_EC2_METADATA_DISABLED"] = "true",
        ["AWS_CONFIG_FILE"] = "/dev/null",
        ["AWS_SHARED_CREDENTIALS_FILE"] = "/dev/null",
        ["AWS_MAX_ATTEMPTS"] = "1",
    };

    public async ValueTask DisposeAsync()
    {
        if (_gateway is not null)
        {
            await _gateway.DisposeAsync();
        }

        _identity?.Dispose();
        if (_cloud is not null)
        {
            await _cloud.DisposeAsync();
        }

        await _store.DisposeAsync();
    }
}
