namespace Nines.Control.Gateway;

/// <summary>A slice's operations: what a client may ask of one kind of resource.</summary>
internal interface IOperations
{
    /// <summary>Says which method answers which operation.</summary>
    void Map(OperationTable table);
}
