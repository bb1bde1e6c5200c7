namespace Nines.Wire.Schemas;

/// <summary>One AWS service: how it is addressed and the operations that are implemented. Generated.</summary>
public sealed class ServiceDescriptor
{
    private readonly Dictionary<string, Operation> _operations;

    /// <summary>Describes a service; its operations are its own from now on.</summary>
    public ServiceDescriptor(string id, ProtocolKind protocol, IReadOnlyList<Operation> operations)
    {
        Id = id;
        Protocol = protocol;
        Operations = operations;
        _operations = operations.ToDictionary(operation => operation.Name, StringComparer.Ordinal);
        foreach (var operation in operations)
        {
            operation.Service = this;
        }
    }

    /// <summary>The service's id in <c>models/services.json</c>: <c>ec2</c>.</summary>
    public string Id { get; }

    /// <summary>The protocol of its model. Clients may speak others: see <see cref="TargetPrefix"/>.</summary>
    public ProtocolKind Protocol { get; }

    /// <summary>The implemented operations by name, ordinal order.</summary>
    public IReadOnlyList<Operation> Operations { get; }

    /// <summary>AWS's name for people: <c>Amazon Elastic Compute Cloud</c>.</summary>
    public string FullName { get; init; } = "";

    /// <summary>Date of the model: <c>2016-11-15</c>; the query protocols' <c>Version</c>.</summary>
    public string ApiVersion { get; init; } = "";

    /// <summary>First label of the host name.</summary>
    public string EndpointPrefix { get; init; } = "";

    /// <summary>The service in a SigV4 credential scope.</summary>
    public string SigningName { get; init; } = "";

    /// <summary>What precedes the operation in <c>X-Amz-Target</c>, and the service's name in Smithy RPC v2 paths.</summary>
    public string? TargetPrefix { get; init; }

    /// <summary>The namespace of its XML documents.</summary>
    public string? XmlNamespace { get; init; }

    /// <summary>Whether clients that speak JSON or CBOR expect the query protocol's error codes in a header.</summary>
    public bool QueryCompatible { get; init; }

    /// <summary>Whether REST-XML errors have no <c>ErrorResponse</c> around them, as S3's have not.</summary>
    public bool BareXmlErrors { get; init; }

    /// <summary>The implemented operation of that name, or null.</summary>
    public Operation? Find(string name) => _operations.GetValueOrDefault(name);

    /// <inheritdoc/>
    public override string ToString() => Id;
}
