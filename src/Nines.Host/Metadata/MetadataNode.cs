using System.Text;

namespace Nines.Host.Metadata;

/// <summary>A place in the tree of metadata: a value, or a listing of what is below.</summary>
internal sealed class MetadataNode
{
    private readonly SortedDictionary<string, MetadataNode> _children = new(StringComparer.Ordinal);
    private readonly ReadOnlyMemory<byte>? _content;

    private MetadataNode(ReadOnlyMemory<byte>? content, string contentType)
    {
        _content = content;
        ContentType = contentType;
    }

    public string ContentType { get; }

    /// <summary>What is answered: the value, or the names below, one a line, with a slash where there is more below.</summary>
    public ReadOnlyMemory<byte> Content =>
        _content ?? Encoding.UTF8.GetBytes(string.Join('\n', _children.Select(child => child.Value.Label ?? child.Key + child.Value.Suffix)));

    /// <summary>How a listing shows this place, when not by its name (<c>0=my-key</c>).</summary>
    private string? Label { get; init; }

    /// <summary>What a listing puts behind the name.</summary>
    private string Suffix { get; init; } = "";

    /// <summary>A place with others below it.</summary>
    public static MetadataNode Directory(string? label = null, string suffix = "/") => new(null, "text/plain") { Label = label, Suffix = suffix };

    /// <summary>A place with a value.</summary>
    public static MetadataNode Value(string text) => Value(Encoding.UTF8.GetBytes(text), "text/plain");

    /// <summary>A place with a value of bytes.</summary>
    public static MetadataNode Value(ReadOnlyMemory<byte> content, string contentType) => new(content, contentType);

    /// <summary>Puts a value below, at a path of names.</summary>
    public MetadataNode Add(string path, string value) => Add(path, Value(value));

    /// <summary>Puts a place below, at a path of names; missing ones between are made.</summary>
    public MetadataNode Add(string path, MetadataNode node)
    {
        var slash = path.IndexOf('/');
        if (slash < 0)
        {
            _children[path] = node;
            return this;
        }

        if (!_children.TryGetValue(path[..slash], out var child))
        {
            _children[path[..slash]] = child = Directory();
        }

        child.Add(path[(slash + 1)..], node);
        return this;
    }

    /// <summary>The place at a path, or <see langword="null"/>. A slash at the end, or one too many, changes nothing.</summary>
    public MetadataNode? Find(string path)
    {
        var node = this;
        foreach (var name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!node._children.TryGetValue(name, out node))
            {
                return null;
            }
        }

        return node;
    }
}
