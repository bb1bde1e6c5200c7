using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Nines.Control.Admin;
using Nines.Control.Gateway;
using Nines.Control.Ids;
using Nines.Control.Reconcile;
using Nines.Control.Secrets;
using Nines.Control.Store;

namespace Nines.Control.Services.Kms;

/// <summary>The key management service, put together: its operations, and what sees to keys whose time has come.</summary>
internal sealed class KmsService : IAsyncDisposable
{
    private readonly RandomNumberGenerator _random = RandomNumberGenerator.Create();
    private readonly ReconcileLoop _keys;

    /// <summary>Begins to see to the keys.</summary>
    public KmsService(Cloud cloud, IIdSource ids, SecretBox box, string region, TimeProvider time, Random jitter, ILoggerFactory loggers)
    {
        var cipher = new KmsCipher(box, _random);
        var arns = new KmsArns(region);
        var keys = new KmsKeys(cloud, arns);
        var writes = new KeyWrites(cloud, keys);
        DataKeys = new DataKeys(cloud, ids, cipher, region);
        _keys = new ReconcileLoop(new KeyReconciler(cloud, cipher, time), time, jitter, loggers.CreateLogger<ReconcileLoop>()).WakeOn(cloud, KmsKey.Table);
        _keys.Start();
        Operations =
        [
            new KeyOperations(cloud, ids, keys, writes, cipher),
            new RotationOperations(keys, writes, cipher),
            new AliasOperations(cloud, keys, arns),
            new CryptoOperations(keys, cipher),
            new KeyTagOperations(keys, writes),
        ];
    }

    /// <summary>Its tables, for whoever opens the store.</summary>
    public static IReadOnlyList<TableDefinition> Tables { get; } = [KmsAlias.Table, KmsKey.Table];

    /// <summary>What other services ask.</summary>
    public DataKeys DataKeys { get; }

    /// <summary>What clients may ask.</summary>
    public IReadOnlyList<IOperations> Operations { get; }

    /// <summary>Empties an account of keys.</summary>
    public IResetter Resetter { get; } = new KeyResetter();

    public async ValueTask DisposeAsync()
    {
        await _keys.DisposeAsync();
        _random.Dispose();
    }
}
