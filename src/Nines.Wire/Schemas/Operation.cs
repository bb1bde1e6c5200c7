namespace Nines.Wire.Schemas;

/// <summary>One operation of a service, as the protocols see it. Generated.</summary>
public abstract class Operation
{
    private ServiceDescriptor? _service;

    /// <summary>Describes an operation.</summary>
    private protected Operation(string name) => Name = name;

    /// <summary>AWS's name.</summary>
    public string Name { get; }

    /// <summary>The service it belongs to.</summary>
    public ServiceDescriptor Service
    {
        get => _service ?? throw new InvalidOperationException($"{Name} belongs to no service.");
        internal set => _service = value;
    }

    /// <summary>What a request is made of.</summary>
    public abstract Schema Input { get; }

    /// <summary>What a result is made of.</summary>
    public abstract Schema Output { get; }

    /// <summary>The HTTP method of REST protocols.</summary>
    public string Method { get; init; } = "POST";

    /// <summary>The path of REST protocols with its labels, and the query parameters that choose the operation: <c>/{Bucket}/{Key+}?acl</c>.</summary>
    public string RequestUri { get; init; } = "/";

    /// <summary>The HTTP status of a success.</summary>
    public int SuccessStatus { get; init; } = 200;

    /// <summary>Whether the model gives the operation a result; without one EC2 answers <c>&lt;return&gt;true&lt;/return&gt;</c>.</summary>
    public bool HasOutput { get; init; } = true;

    /// <summary>The element around a result in the query protocol.</summary>
    public string? ResultWrapper { get; init; }

    /// <summary>The root element of a REST-XML request body that is the whole input.</summary>
    public string? InputElement { get; init; }

    /// <summary>The root element of a REST-XML answer, where it is not called like the output's shape.</summary>
    public string? OutputElement { get; init; }

    /// <summary>The namespace of the request's root element.</summary>
    public XmlNamespace? InputNamespace { get; init; }

    /// <summary>Reads a request.</summary>
    public abstract IShape ReadInput(ShapeReader reader);

    /// <summary>Reads a result.</summary>
    public abstract IShape ReadOutput(ShapeReader reader);

    /// <inheritdoc/>
    public override string ToString() => Name;
}
