using Nines.Api.Ec2;
using Nines.Control.Audit;
using Nines.Control.Gateway;
using Nines.Control.Ids;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.KeyPairs;

/// <summary>What a client may ask of key pairs.</summary>
internal sealed class KeyPairOperations(Cloud cloud, IIdSource ids) : IOperations
{
    private const int MaximumNameLength = 255;

    /// <summary>The filters of DescribeKeyPairs.</summary>
    internal static readonly FilterSet<KeyPair> Filters = new FilterSet<KeyPair>()
        .Add("key-pair-id", pair => pair.Id)
        .Add("fingerprint", pair => pair.Fingerprint)
        .Add("key-name", pair => pair.Name)
        .AddTags(pair => pair.Tags);

    /// <inheritdoc/>
    public void Map(OperationTable table)
    {
        table.On(Ec2Api.CreateKeyPair, CreateKeyPairAsync, answersDryRun: true);
        table.On(Ec2Api.ImportKeyPair, ImportKeyPairAsync, answersDryRun: true);
        table.On(Ec2Api.DescribeKeyPairs, DescribeKeyPairsAsync);
        table.On(Ec2Api.DeleteKeyPair, DeleteKeyPairAsync, answersDryRun: true);
    }

    private async ValueTask<CreateKeyPairResult> CreateKeyPairAsync(CreateKeyPairRequest input, Call call, CancellationToken cancellationToken)
    {
        var name = CheckName(input.KeyName);
        var tags = TagRules.Parse(input.TagSpecifications, ResourceKind.KeyPair.ResourceType).For(ResourceKind.KeyPair.ResourceType);
        var format = input.KeyFormat ?? KeyFormat.Pem;
        if (!KeyFormat.All.Contains(format))
        {
            throw Ec2Errors.InvalidValue("KeyFormat", format);
        }

        Func<PrivateKey> create = (input.KeyType ?? KeyType.Rsa) switch
        {
            KeyType.Rsa => PrivateKey.CreateRsa,
            KeyType.Ed25519 => PrivateKey.CreateEd25519,
            var other => throw Ec2Errors.InvalidValue("KeyType", other),
        };
        CheckFree(call, name);
        call.AnswerDryRun();
        var key = create();
        var pair = NewPair(call, name, key.Public, key.Fingerprint) with { Tags = tags };
        await InsertAsync(pair, call, cancellationToken);
        return new CreateKeyPairResult
        {
            KeyName = pair.Name,
            KeyPairId = pair.Id,
            KeyFingerprint = pair.Fingerprint,
            KeyMaterial = format == KeyFormat.Ppk ? key.ToPpk(name) : key.ToPem(name),
            Tags = tags.ToApi(),
        };
    }

    private async ValueTask<ImportKeyPairResult> ImportKeyPairAsync(ImportKeyPairRequest input, Call call, CancellationToken cancellationToken)
    {
        var name = CheckName(input.KeyName);
        var tags = TagRules.Parse(input.TagSpecifications, ResourceKind.KeyPair.ResourceType).For(ResourceKind.KeyPair.ResourceType);
        if (input.PublicKeyMaterial is not { } material)
        {
            throw Ec2Errors.MissingParameter("PublicKeyMaterial");
        }

        var key = PublicKey.Parse(material.Span);
        CheckFree(call, name);
        call.AnswerDryRun();
        var pair = NewPair(call, name, key, key.Fingerprint) with { Tags = tags };
        await InsertAsync(pair, call, cancellationToken);
        return new ImportKeyPairResult { KeyName = pair.Name, KeyPairId = pair.Id, KeyFingerprint = pair.Fingerprint, Tags = tags.ToApi() };
    }

    private ValueTask<DescribeKeyPairsResult> DescribeKeyPairsAsync(DescribeKeyPairsRequest input, Call call, CancellationToken cancellationToken)
    {
        var matches = Filters.Compile(input.Filters);
        var pairs = (input.KeyNames, input.KeyPairIds) switch
        {
            ({ Count: > 0 } names, { Count: > 0 } pairIds) => Named(call, names).Union(WithIds(call, pairIds)),
            ({ Count: > 0 } names, _) => Named(call, names),
            (_, var pairIds) => WithIds(call, pairIds),
        };
        return new(new DescribeKeyPairsResult
        {
            KeyPairs = [.. pairs.Where(matches).OrderBy(pair => pair.Name, StringComparer.Ordinal).Select(pair => Describe(pair, input.IncludePublicKey == true))],
        });
    }

    private async ValueTask<DeleteKeyPairResult> DeleteKeyPairAsync(DeleteKeyPairRequest input, Call call, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(input.KeyName) && string.IsNullOrEmpty(input.KeyPairId))
        {
            throw Ec2Errors.MissingParameter("KeyName or KeyPairId");
        }

        call.AnswerDryRun();
        var deleted = await cloud.WriteAsync(
            call,
            transaction =>
            {
                var pair = string.IsNullOrEmpty(input.KeyPairId)
                    ? KeyPair.FindByName(transaction, call.AccountId, input.KeyName!)
                    : transaction.Find(KeyPair.Table, call.AccountId, input.KeyPairId);
                if (pair is not null && transaction.Find(KeyPairName.Table, call.AccountId, pair.Name) is { } taken)
                {
                    transaction.Delete(KeyPairName.Table, taken);
                    transaction.Delete(KeyPair.Table, pair);
                }

                return pair;
            },
            cancellationToken);

        // A pair that is not there is deleted already.
        return new DeleteKeyPairResult { Return = true, KeyPairId = deleted?.Id };
    }

    private static string CheckName(string? name)
    {
        if (string.IsNullOrEmpty(name))
        {
            throw Ec2Errors.MissingParameter("KeyName");
        }

        if (name.Length > MaximumNameLength)
        {
            throw Ec2Errors.InvalidValue("KeyName", name, $"Length exceeds maximum of {MaximumNameLength}.");
        }

        return name.All(char.IsAscii) && !name.Any(char.IsControl) && name.Trim() == name
            ? name
            : throw Ec2Errors.InvalidValue("KeyName", name, "Character sets beyond ASCII are not supported, nor blanks at the ends.");
    }

    private void CheckFree(Call call, string name)
    {
        if (cloud.Find(KeyPairName.Table, call.AccountId, name) is not null)
        {
            throw KeyPairErrors.Duplicate(name);
        }
    }

    private KeyPair NewPair(Call call, string name, PublicKey key, string fingerprint) => new()
    {
        AccountId = call.AccountId,
        Id = ids.Next(ResourceKind.KeyPair.Prefix),
        Name = name,
        KeyType = key.KeyType,
        Fingerprint = fingerprint,
        PublicKey = key.ToOpenSsh(name),
        CreateTime = call.Now,
    };

    private Task InsertAsync(KeyPair pair, Call call, CancellationToken cancellationToken) => cloud.WriteAsync(
        call,
        transaction =>
        {
            if (transaction.Find(KeyPairName.Table, pair.AccountId, pair.Name) is not null)
            {
                throw KeyPairErrors.Duplicate(pair.Name);
            }

            transaction.Insert(KeyPairName.Table, new KeyPairName(pair.AccountId, pair.Name, pair.Id));
            transaction.Insert(KeyPair.Table, pair);
        },
        cancellationToken);

    private IEnumerable<KeyPair> WithIds(Call call, IReadOnlyList<string>? pairIds) => Lookup.Select<KeyPair, KeyPairId>(cloud, KeyPair.Table, call.AccountId, pairIds);

    private IEnumerable<KeyPair> Named(Call call, IReadOnlyList<string> names)
    {
        var found = names.Distinct().ToDictionary(name => name, name => KeyPair.FindByName(cloud, call.AccountId, name));
        string[] missing = [.. found.Where(pair => pair.Value is null).Select(pair => pair.Key)];
        return missing.Length == 0 ? found.Values.OfType<KeyPair>() : throw KeyPairErrors.NamesNotFound(missing);
    }

    private static KeyPairInfo Describe(KeyPair pair, bool includePublicKey) => new()
    {
        KeyName = pair.Name,
        KeyPairId = pair.Id,
        KeyType = pair.KeyType,
        KeyFingerprint = pair.Fingerprint,
        PublicKey = includePublicKey ? pair.PublicKey : null,
        CreateTime = pair.CreateTime,
        Tags = pair.Tags.ToApi(),
    };
}
