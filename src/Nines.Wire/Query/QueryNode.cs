namespace Nines.Wire.Query;

/// <summary>One step of the dotted parameter names: <c>Filter.1.Value.2</c> is four nodes deep.</summary>
internal sealed class QueryNode(QueryNode? parent, string name)
{
    private static readonly Dictionary<string, QueryNode> s_none = [];

    private Dictionary<string, QueryNode>? _children;

    /// <summary>The parameter's name up to here.</summary>
    public string Path => parent is null || parent.Path is not { Length: > 0 } prefix ? name : prefix + "." + name;

    /// <summary>The value, when the name ends here.</summary>
    public string? Value { get; set; }

    /// <summary>The names that follow, in the order in which they arrived.</summary>
    public IReadOnlyDictionary<string, QueryNode> Children => _children ?? s_none;

    /// <summary>The child of that name, made when it is missing.</summary>
    public QueryNode GetOrAdd(string step, out bool added)
    {
        _children ??= new Dictionary<string, QueryNode>(StringComparer.Ordinal);
        added = !_children.TryGetValue(step, out var child);
        return child ?? (_children[step] = new QueryNode(this, step));
    }
}
