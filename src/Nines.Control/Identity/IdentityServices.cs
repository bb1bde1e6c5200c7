using System.Security.Cryptography;
using Nines.Control.Secrets;
using Nines.Control.Store;

namespace Nines.Control.Identity;

/// <summary>Everything that knows who a caller is, put together over a cloud.</summary>
internal sealed class IdentityServices : IDisposable
{
    private readonly RandomNumberGenerator _random = RandomNumberGenerator.Create();

    private IdentityServices(Cloud cloud, ReadOnlySpan<byte> masterKey)
    {
        Box = new SecretBox(masterKey, _random);
        Generator = new AccessKeyGenerator(_random);
        Keys = new AccessKeys(cloud, Box);
        Sessions = new SessionTokens(Box, Generator);
    }

    /// <summary>Seals secrets.</summary>
    public SecretBox Box { get; }

    /// <summary>Makes access keys.</summary>
    public AccessKeyGenerator Generator { get; }

    /// <summary>The long-term keys.</summary>
    public AccessKeys Keys { get; }

    /// <summary>The temporary keys.</summary>
    public SessionTokens Sessions { get; }

    /// <summary>The root of the account.</summary>
    public RootCredentials Root { get; private set; } = null!;

    /// <summary>Puts it together and sees to it that there is an account with root keys.</summary>
    /// <param name="cloud">Opened with <see cref="IdentityTables.All"/> among its tables.</param>
    /// <param name="masterKey">See <see cref="MasterKeyFile"/>.</param>
    /// <param name="options">What is asked for.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="IdentityException">What was asked for contradicts the state, or is malformed.</exception>
    public static async Task<IdentityServices> OpenAsync(
        Cloud cloud, byte[] masterKey, IdentityOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        var services = new IdentityServices(cloud, masterKey);
        try
        {
            services.Root = await new AccountBootstrap(cloud, services.Keys, services.Generator, time).EnsureAsync(options, cancellationToken);
            return services;
        }
        catch
        {
            services.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Box.Dispose();
        _random.Dispose();
    }
}
