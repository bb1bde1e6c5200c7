namespace Nines.Control.Store;

/// <summary>Every table as of one revision, immutable.</summary>
internal sealed class CloudState(long revision, IReadOnlyDictionary<TableDefinition, int> slots, TableView[] views)
{
    public long Revision { get; } = revision;

    public TableView<T> View<T>(TableDefinition<T> table) where T : class, IResource => (TableView<T>)views[SlotOf(table)];

    public TableView ViewOf(TableDefinition table) => views[SlotOf(table)];

    public CloudState With(long newRevision, TableView[] newViews) => new(newRevision, slots, newViews);

    public TableView[] CopyViews() => (TableView[])views.Clone();

    private int SlotOf(TableDefinition table) => slots.TryGetValue(table, out var slot)
        ? slot
        : throw new InvalidOperationException($"Table {table.Name} is not among those this cloud was opened with.");
}
